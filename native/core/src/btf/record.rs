//! The members of `struct trace_event_raw_<class>` as fields of a record, told as tracefs tells them.

use super::blob::{Kind, Type};
use super::layout::{elements, is_signed, resolved, size_of};
use super::spell::spell;
use crate::snapshot::{Field, FieldKind};

/// Structs within structs that have no name, so that their members are the outer one's.
const MAX_NESTING: usize = 8;

/// What one struct gave.
#[derive(Debug, Default)]
pub(super) struct Record {
    /// Its members, in order.
    pub fields: Vec<Field>,
    /// How many members were looked at.
    pub members: usize,
    /// How many of them make no sense.
    pub unread: usize,
}

impl Record {
    /// Reads a struct, at most `limit` members of it.
    pub fn read(of: Type, limit: usize) -> Self {
        let mut record = Self::default();
        record.take_in(of, 0, 0, limit);
        record
    }

    /// The members without the common header `ent` and the bytes behind the record, `__data`.
    fn take_in(&mut self, of: Type, base: u32, nesting: usize, limit: usize) {
        for [name, id, offset] in of.groups::<3>() {
            if self.members == limit || nesting > MAX_NESTING {
                self.unread += 1;
                return;
            }
            self.members += 1;
            // A struct with bitfields keeps the bits of each member above its offset (`BTF_MEMBER_BIT_OFFSET`).
            let (bits, offset) = if of.flag {
                (offset >> 24, offset & 0x00ff_ffff)
            } else {
                (0, offset)
            };
            let member = of.blob.get(id);
            let (Some(name), Some(member), Some(at)) = (of.blob.name(name), member, base.checked_add(offset / 8))
            else {
                self.unread += 1;
                continue;
            };
            if nesting == 0 && (name == "__data" || (at == 0 && name == "ent")) {
                continue;
            }
            match resolved(member) {
                Some(inner) if name.is_empty() && matches!(inner.kind, Kind::Struct | Kind::Union) => {
                    self.take_in(inner, at, nesting + 1, limit);
                }
                _ => match field(name, member, at) {
                    Some(field) if bits == 0 && offset % 8 == 0 => self.fields.push(field),
                    // Less than whole bytes: neither place nor size can be said.
                    Some(field) => self.fields.push(Field {
                        offset: None,
                        size: None,
                        ..field
                    }),
                    None => self.unread += 1,
                },
            }
        }
    }
}

/// One field. The word of a dynamic field does not say what it leads to, nor whether that is signed.
fn field(name: &str, of: Type, offset: u32) -> Option<Field> {
    let located = [("__data_loc_", FieldKind::Dynamic), ("__rel_loc_", FieldKind::Relative)];
    for (prefix, kind) in located {
        if let Some(name) = name.strip_prefix(prefix) {
            return Some(Field {
                name: name.to_owned(),
                r#type: prefix.trim_end_matches('_').to_owned(),
                offset: Some(offset),
                size: size_of(of),
                kind,
                ..Field::default()
            });
        }
    }
    let length = if resolved(of)?.kind == Kind::Array {
        Some(elements(of)?.1)
    } else {
        None
    };
    Some(Field {
        name: name.to_owned(),
        r#type: spell(of)?,
        offset: Some(offset),
        size: size_of(of),
        signed: is_signed(of),
        kind: if length.is_some() {
            FieldKind::Array
        } else {
            FieldKind::Scalar
        },
        length,
        ..Field::default()
    })
}
