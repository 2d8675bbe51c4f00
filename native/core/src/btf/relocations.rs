//! The CO-RE relocations of a BPF object (`.BTF.ext`): which instruction asks for which member or type of the kernel.
//! The format is that of `struct btf_ext_header` and `struct bpf_core_relo` (tools/lib/bpf/libbpf_internal.h).

use super::blob::{Blob, Kind, Type};
use super::header::{MAGIC, read_u32};
use super::layout::resolved;

/// The most relocations that are read of one object; the largest programs have some thousand.
const MAX_RELOCATIONS: usize = 1 << 18;

/// What is asked: `enum bpf_core_relo_kind`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asks {
    /// Where a member is, how large it is and the like.
    Member,
    /// Whether there is such a member.
    MemberExists,
    /// Whether there is such a type or enum constant.
    TypeExists,
    /// Anything else.
    Other,
}

/// One relocation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocation {
    /// Section of the program.
    pub section: String,
    /// Bytes from its start to the instruction.
    pub at: u32,
    /// What is asked.
    pub asks: Asks,
    /// Name of the type.
    pub of: String,
    /// First member on the way.
    pub member: Option<String>,
}

/// The relocations of an object, given its BTF; those that make no sense are left out.
pub fn relocations(btf: &Blob, ext: &[u8]) -> Vec<Relocation> {
    let mut out = Vec::new();
    read(btf, ext, &mut out);
    out
}

fn read(btf: &Blob, ext: &[u8], out: &mut Vec<Relocation>) -> Option<()> {
    let big_endian = ext.starts_with(&MAGIC.to_be_bytes());
    let word = |at: usize| read_u32(ext, at, big_endian);
    let header = word(4)? as usize;
    if header < 32 {
        return None;
    }
    let begin = header.checked_add(word(24)? as usize)?;
    let end = begin.checked_add(word(28)? as usize)?.min(ext.len());
    let record = word(begin)? as usize;
    if record < 16 {
        return None;
    }
    let mut at = begin + 4;
    while at + 8 <= end {
        let (section, count) = (btf.name(word(at)?)?.to_owned(), word(at + 4)?);
        at += 8;
        for _ in 0..count {
            if at + 16 > end || out.len() >= MAX_RELOCATIONS {
                return None;
            }
            let [instruction, id, access, kind] = [0, 4, 8, 12].map(|field| word(at + field).unwrap_or_default());
            at += record;
            out.extend(relocation(btf, &section, instruction, (id, access, kind)));
        }
    }
    Some(())
}

fn relocation(btf: &Blob, section: &str, at: u32, (id, access, kind): (u32, u32, u32)) -> Option<Relocation> {
    let asks = match kind {
        2 => Asks::MemberExists,
        0..=5 => Asks::Member,
        8 | 10 | 12 => Asks::TypeExists,
        _ => Asks::Other,
    };
    let named = btf.get(id)?;
    let of = if named.kind == Kind::Typedef && asks == Asks::TypeExists {
        named
    } else {
        resolved(named)?
    };
    let member = if kind <= 5 {
        member(&of, btf.name(access)?)
    } else {
        None
    };
    Some(Relocation {
        section: section.to_owned(),
        at,
        asks,
        of: of.name()?.to_owned(),
        member,
    })
}

/// The member that an access such as `0:3:1` begins with; of one in an anonymous struct, the first with a name.
fn member(of: &Type, access: &str) -> Option<String> {
    let mut path = access.split(':').skip(1).map(str::parse::<usize>);
    let mut fields: Vec<[u32; 3]> = of.groups::<3>().collect();
    loop {
        let [name, id, _] = *fields.get(path.next()?.ok()?)?;
        let name = of.blob.name(name)?;
        if !name.is_empty() {
            return Some(name.to_owned());
        }
        let inner = resolved(of.blob.get(id)?)?;
        if !matches!(inner.kind, Kind::Struct | Kind::Union) {
            return None;
        }
        fields = inner.groups::<3>().collect();
    }
}
