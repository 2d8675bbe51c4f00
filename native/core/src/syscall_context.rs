//! What BPF programs on `tp/syscalls/*` get: not the record of the event but a struct on the stack of `perf_call_bpf_enter`
//! and `perf_call_bpf_exit` (kernel/trace/trace_syscalls.c, since 4.14). What cannot be laid out is a reason, never a guess.

use memchr::memmem::find_iter;

use crate::fragment::{CType, Declaration, declarations};
use crate::lex::{Interner, lex, spell};
use crate::snapshot::{Class, Field, FieldKind};
use crate::tree::Tree;
use crate::types::{Context, Types, Unknown};
use crate::unit::Unit;

/// The file of the kernel that fills the structs.
pub const FILE: &str = "kernel/trace/trace_syscalls.c";
/// The name of both structs; BTF has it too.
pub const STRUCT: &str = "syscall_tp_t";
/// The longest body that is looked at; real ones have a hundred bytes.
const MAX_BODY: usize = 4096;

/// The contexts as the source declares them: `sys_enter` and `sys_exit`; none in kernels before 4.14.
pub fn contexts(tree: &mut Tree, types: &mut Types, names: &mut Interner) -> Vec<Result<Class, Unknown>> {
    let Some(file) = tree.load(FILE, names) else {
        return Vec::new();
    };
    let text = tree.file(file).index.text.clone();
    let opening = format!("struct {STRUCT} {{");
    let bodies: Vec<&[u8]> = find_iter(&text, opening.as_bytes())
        .filter_map(|at| {
            let rest = &text[at..text.len().min(at + MAX_BODY)];
            let end = memchr::memchr(b'}', rest)?;
            Some(&rest[..=end])
        })
        .collect();
    let mut unit = Unit::new(tree, file, names);
    let mut context = Context::new(tree, &mut unit, types);
    bodies
        .into_iter()
        .map(|body| {
            let body = spell(&lex(body, file, 1, names), names);
            let parsed = declarations(&format!("{body};"));
            match parsed.as_deref() {
                Some([one]) => laid_out(one, &mut context, names),
                _ => Err(format!("struct '{STRUCT}' is no valid C")),
            }
        })
        .collect()
}

/// One context with its fields. The first member lies under the pointer that only helpers use, so no program can read it.
fn laid_out(of: &Declaration, context: &mut Context, names: &mut Interner) -> Result<Class, Unknown> {
    let CType::Record(record) = &of.ty else {
        return Err(format!("'{STRUCT}' is no struct"));
    };
    let mut fields = Vec::new();
    let mut at = 0_u64;
    for member in record.members.as_deref().unwrap_or_default() {
        let layout = context.layout(&member.ty, names)?;
        let offset = at.next_multiple_of(layout.align);
        at = offset + layout.size;
        if offset > 0 {
            let (element, length) = match &member.ty {
                CType::Array(element, Some(length)) => (&**element, Some(context.constant(length, names)?)),
                plain => (plain, None),
            };
            let CType::Named(words) = element else {
                return Err(format!("a member of struct '{STRUCT}' is no integer"));
            };
            let element = words.join(" ");
            fields.push(Field {
                name: member.name.clone().unwrap_or_default(),
                r#type: length.map_or(element.clone(), |length| format!("{element}[{length}]")),
                offset: u32::try_from(offset).ok(),
                size: u32::try_from(layout.size).ok(),
                signed: Some(layout.signed),
                kind: if length.is_some() {
                    FieldKind::Array
                } else {
                    FieldKind::Scalar
                },
                length: length.and_then(|length| u32::try_from(length).ok()),
                ..Field::default()
            });
        }
    }
    // The variable is aligned to 8 bytes, if the type is not.
    Ok(named(fields, u32::try_from(at.next_multiple_of(8)).ok()))
}

/// A context by what it hands over: arguments on the way in, a result on the way out.
pub fn named(fields: Vec<Field>, size: Option<u32>) -> Class {
    let leaves = fields.iter().any(|field| field.name == "ret");
    Class {
        name: if leaves { "sys_exit" } else { "sys_enter" }.to_owned(),
        fields,
        size,
    }
}
