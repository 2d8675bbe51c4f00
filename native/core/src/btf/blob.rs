//! One BTF blob and where each type stands in it. Types are looked at in place; nothing is copied.
//! A reference that leads nowhere gives `None`, whoever asks.

use memchr::memchr;

use super::header::{Sections, read_u32};

/// `struct btf_type`.
const TYPE_BYTES: usize = 12;
/// The longest name that is looked at. The kernel's own limit for symbols (`KSYM_NAME_LEN`) is 512.
const MAX_NAME_BYTES: usize = 512;

/// A parsed blob. Split BTF, such as that of a module, refers to its base for all ids and names below its own.
#[derive(Debug)]
pub struct Blob<'a> {
    base: Option<&'a Blob<'a>>,
    big_endian: bool,
    types: &'a [u8],
    strings: &'a [u8],
    /// Where in `types` each type begins; the first one has the id `first_id`.
    offsets: Vec<u32>,
    first_id: u32,
    first_string: u32,
    pointer_bytes: u32,
    has_signed_enums: bool,
}

/// What a type is; the order and the names are those of `BTF_KIND_*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Void,
    Int,
    Ptr,
    Array,
    Struct,
    Union,
    Enum,
    Fwd,
    Typedef,
    Volatile,
    Const,
    Restrict,
    Func,
    FuncProto,
    Var,
    Datasec,
    Float,
    DeclTag,
    TypeTag,
    Enum64,
}

const KINDS: [Kind; 20] = [
    Kind::Void,
    Kind::Int,
    Kind::Ptr,
    Kind::Array,
    Kind::Struct,
    Kind::Union,
    Kind::Enum,
    Kind::Fwd,
    Kind::Typedef,
    Kind::Volatile,
    Kind::Const,
    Kind::Restrict,
    Kind::Func,
    Kind::FuncProto,
    Kind::Var,
    Kind::Datasec,
    Kind::Float,
    Kind::DeclTag,
    Kind::TypeTag,
    Kind::Enum64,
];

impl Kind {
    /// Bytes that follow `struct btf_type`: (a fixed number, a number for each of `vlen`).
    fn trailing_bytes(self) -> (usize, usize) {
        match self {
            Self::Int | Self::Var | Self::DeclTag => (4, 0),
            Self::Array => (12, 0),
            Self::Enum | Self::FuncProto => (0, 8),
            Self::Struct | Self::Union | Self::Datasec | Self::Enum64 => (0, 12),
            _ => (0, 0),
        }
    }
}

/// One type, as it lies in its blob.
#[derive(Debug, Clone, Copy)]
pub(super) struct Type<'a> {
    pub blob: &'a Blob<'a>,
    pub kind: Kind,
    /// `kind_flag`: bitfields in a struct, a union forward, a signed enum.
    pub flag: bool,
    /// Bytes of an int, float, enum, struct or union; the id that any other kind refers to.
    pub size_or_id: u32,
    name: u32,
    trailing: &'a [u8],
}

impl<'a> Blob<'a> {
    /// Finds the types in `bytes`. What cannot be read is told to `problem` (a code and a message) and left out.
    pub fn parse(bytes: &'a [u8], base: Option<&'a Self>, problem: &mut dyn FnMut(&'static str, String)) -> Self {
        let sections = Sections::read(bytes, problem).unwrap_or_default();
        let mut blob = Self {
            base,
            big_endian: sections.big_endian,
            types: sections.types,
            strings: sections.strings,
            offsets: Vec::new(),
            first_id: base.map_or(1, Self::end_id),
            first_string: base.map_or(0, Self::end_string),
            pointer_bytes: 0,
            has_signed_enums: base.is_some_and(|base| base.has_signed_enums),
        };
        blob.index(problem);
        if base.is_some_and(|base| base.big_endian != blob.big_endian) {
            problem("btf-wrong-base", "its byte order is not that of its base".into());
        }
        // Only some base BTF may lack every kind of `long`; the kernels that have BTF at all are mostly of 64 bits.
        blob.pointer_bytes = blob.long_bytes().unwrap_or(base.map_or(8, |base| base.pointer_bytes));
        blob
    }

    /// Notes where each type begins, up to the first one that cannot be read.
    fn index(&mut self, problem: &mut dyn FnMut(&'static str, String)) {
        self.offsets.reserve(self.types.len() / 24);
        let mut at = 0;
        while at < self.types.len() {
            let id = self.end_id();
            let Some(info) = self
                .word(self.types, at + 4)
                .filter(|_| at + TYPE_BYTES <= self.types.len())
            else {
                return problem("btf-truncated", format!("type {id} is cut off, and all after it"));
            };
            let Some(&kind) = KINDS.get(kind_of(info)).filter(|&&kind| kind != Kind::Void) else {
                let kind = kind_of(info);
                return problem(
                    "btf-unknown-kind",
                    format!("type {id} is of kind {kind}, which is unknown, so it and all after it are left out"),
                );
            };
            let (fixed, each) = kind.trailing_bytes();
            let Some(next) = (at + TYPE_BYTES + fixed)
                .checked_add(each * vlen_of(info))
                .filter(|&next| next <= self.types.len())
            else {
                return problem("btf-truncated", format!("type {id} is cut off, and all after it"));
            };
            self.has_signed_enums |= kind == Kind::Enum64 || (kind == Kind::Enum && info >> 31 == 1);
            self.offsets.push(at as u32);
            at = next;
        }
    }

    /// The first id behind those of this blob and its base.
    fn end_id(&self) -> u32 {
        self.first_id.saturating_add(self.offsets.len() as u32)
    }

    fn end_string(&self) -> u32 {
        self.first_string.saturating_add(self.strings.len() as u32)
    }

    /// The ids of this blob's own types.
    pub(super) fn ids(&self) -> std::ops::Range<u32> {
        self.first_id..self.end_id()
    }

    /// Bytes of a pointer.
    pub(super) fn pointer_bytes(&self) -> u32 {
        self.pointer_bytes
    }

    /// Whether the encoder marks enums as signed, which pahole does since 1.24: every kernel has some that are.
    pub(super) fn marks_signed_enums(&self) -> bool {
        self.has_signed_enums
    }

    /// The type of an id; 0 is `void`.
    pub(super) fn get(&self, id: u32) -> Option<Type<'_>> {
        if id == 0 {
            return Some(Type {
                blob: self,
                kind: Kind::Void,
                flag: false,
                size_or_id: 0,
                name: 0,
                trailing: &[],
            });
        }
        let Some(index) = id.checked_sub(self.first_id) else {
            return self.base?.get(id);
        };
        let at = *self.offsets.get(index as usize)? as usize;
        let info = self.word(self.types, at + 4)?;
        let kind = *KINDS.get(kind_of(info))?;
        let (fixed, each) = kind.trailing_bytes();
        let from = at + TYPE_BYTES;
        Some(Type {
            blob: self,
            kind,
            flag: info >> 31 == 1,
            size_or_id: self.word(self.types, at + 8)?,
            name: self.word(self.types, at)?,
            trailing: self.types.get(from..from + fixed + each * vlen_of(info))?,
        })
    }

    /// The text at a name offset, up to the end of the strings.
    fn text_from(&self, offset: u32) -> Option<&[u8]> {
        match offset.checked_sub(self.first_string) {
            Some(own) => self.strings.get(own as usize..),
            None => self.base?.text_from(offset),
        }
    }

    /// A name; empty for what has none. A name that has no end or is absurdly long is no name.
    pub(super) fn name(&self, offset: u32) -> Option<&str> {
        let text = self.text_from(offset)?;
        let text = &text[..text.len().min(MAX_NAME_BYTES + 1)];
        std::str::from_utf8(&text[..memchr(0, text)?]).ok()
    }

    fn word(&self, bytes: &[u8], at: usize) -> Option<u32> {
        read_u32(bytes, at, self.big_endian)
    }

    /// Bytes of a `long`, which are those of a pointer on all kernels (`determine_ptr_size` in libbpf).
    fn long_bytes(&self) -> Option<u32> {
        let spellings = ["long int", "long unsigned int", "long", "unsigned long"];
        self.ids()
            .filter_map(|id| self.get(id))
            .filter(|candidate| candidate.kind == Kind::Int)
            .find(|int| int.name().is_some_and(|name| spellings.contains(&name)))
            .map(|int| int.size_or_id)
            .filter(|bytes| [4, 8].contains(bytes))
    }
}

impl<'a> Type<'a> {
    /// Its name; empty if it has none, `None` if the blob is damaged there.
    pub fn name(&self) -> Option<&'a str> {
        self.blob.name(self.name)
    }

    /// Its name without `prefix`, if it begins with that.
    pub fn name_after(&self, prefix: &str) -> Option<&'a str> {
        // Most names of a kernel are none of ours, and the end of those is never looked for.
        self.blob
            .text_from(self.name)?
            .starts_with(prefix.as_bytes())
            .then_some(())?;
        self.name()?.get(prefix.len()..)
    }

    /// The type that it refers to: what is pointed to, qualified or named.
    pub fn target(&self) -> Option<Type<'a>> {
        self.blob.get(self.size_or_id)
    }

    /// The words that follow it, in groups of `N`: members, parameters, enumerators.
    pub fn groups<const N: usize>(&self) -> impl Iterator<Item = [u32; N]> + use<'a, N> {
        let big_endian = self.blob.big_endian;
        self.trailing
            .chunks_exact(4 * N)
            .map(move |group| std::array::from_fn(|index| read_u32(group, 4 * index, big_endian).unwrap_or_default()))
    }
}

/// `BTF_INFO_KIND`; bits that old kernels require to be 0 belong to it, so that a newer kind is not taken for another one.
fn kind_of(info: u32) -> usize {
    (info >> 24 & 0x7f) as usize
}

/// `BTF_INFO_VLEN`, with the bits above that old kernels require to be 0.
fn vlen_of(info: u32) -> usize {
    (info & 0x00ff_ffff) as usize
}
