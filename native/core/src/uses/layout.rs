//! What a member of the context is: bytes of a hand-written struct, or a member of a kernel struct that CO-RE finds by name.

use std::rc::Rc;

use super::source::Source;
use super::without_flavour;
use crate::fragment::{CType, Record};
use crate::index::TypeKind;
use crate::lex::Interner;
use crate::types::{Context, Layout};

/// How deep anonymous structs may nest.
const MAX_DEPTH: u32 = 16;

/// One step from a struct to what is read.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A member.
    Member(String),
    /// An element of an array, if its number is a constant.
    Element(Option<u64>),
}

/// What the type of a context is.
pub enum Shape {
    /// A kernel struct, by name, through CO-RE.
    Kernel(String),
    /// A struct of the tool's own, read at fixed offsets.
    Own(Rc<Record>),
    /// `struct bpf_raw_tracepoint_args`.
    RawArgs,
    /// A struct that bcc makes of the format file.
    Bcc,
}

impl<'f> Source<'f> {
    fn types(&mut self) -> (Context<'_, 'f>, &mut Interner) {
        (
            Context::new(&mut self.tree, &mut self.unit, &mut self.types),
            &mut self.names,
        )
    }

    /// What a context of this type is read through; the reason if that is not known.
    pub fn shape(&mut self, ty: &CType) -> Result<Shape, String> {
        match ty {
            CType::Record(record) => match (&record.tag, &record.members) {
                (Some(tag), None) => self.shape_of_tag(tag),
                _ => Ok(Shape::Own(record.clone())),
            },
            CType::Named(words) if words.len() == 1 => {
                let (mut types, names) = self.types();
                let target = types.target_of(&words[0], names)?;
                match target {
                    CType::Record(_) => self.shape(&target),
                    _ => Err(format!("'{}' is no struct", words[0])),
                }
            }
            _ => Err("the type of the context is no struct".to_owned()),
        }
    }

    fn shape_of_tag(&mut self, tag: &str) -> Result<Shape, String> {
        if tag == "bpf_raw_tracepoint_args" {
            return Ok(Shape::RawArgs);
        }
        let sym = self.names.intern(tag);
        let is_kernels = tag.starts_with("trace_event_raw_");
        if self.tree.type_sites(TypeKind::Record, sym).is_empty() {
            return match () {
                () if tag.starts_with("tracepoint__") => Ok(Shape::Bcc),
                () if is_kernels || self.has_vmlinux => Ok(Shape::Kernel(without_flavour(tag).to_owned())),
                () => Err(format!("no definition of struct '{tag}' was found")),
            };
        }
        let (mut types, names) = self.types();
        let (record, site) = types.body_of(tag, names)?;
        let index = &self.tree.file(site.file).index;
        let range = index.types[site.item as usize].range;
        let text = String::from_utf8_lossy(&index.text[..range.1 as usize]);
        let own = text.get(range.0 as usize..).unwrap_or_default();
        if own.contains("preserve_access_index")
            || in_pushed_attribute(text.get(..range.0 as usize).unwrap_or_default())
        {
            return Ok(Shape::Kernel(without_flavour(tag).to_owned()));
        }
        Ok(Shape::Own(record))
    }

    /// Offset and size in bytes of what the steps lead to.
    pub fn bytes(&mut self, record: &Rc<Record>, steps: &[Step]) -> Result<(u64, u64), String> {
        let mut ty = CType::Record(record.clone());
        let mut offset: u64 = 0;
        let mut layout = self.size(&ty)?;
        for step in steps {
            let (at, inner) = match step {
                Step::Member(name) => {
                    let record = self.record_of(&ty)?;
                    self.member(&record, name, 0)?
                        .ok_or_else(|| format!("the struct has no member '{name}'"))?
                }
                // Which element is not known: all of the array.
                Step::Element(None) => break,
                Step::Element(Some(n)) => {
                    let CType::Array(element, _) = &ty else { break };
                    let size = self.size(element)?.size;
                    (
                        size.checked_mul(*n).ok_or("the index is too large")?,
                        (**element).clone(),
                    )
                }
            };
            offset = offset.checked_add(at).ok_or("the struct is too large")?;
            layout = self.size(&inner)?;
            ty = inner;
        }
        Ok((offset, layout.size))
    }

    /// The layout of a type.
    pub fn size(&mut self, ty: &CType) -> Result<Layout, String> {
        let (mut types, names) = self.types();
        types.layout(ty, names)
    }

    /// The record behind a type, through its tag or its typedef.
    fn record_of(&mut self, ty: &CType) -> Result<Rc<Record>, String> {
        let mut ty = ty.clone();
        for _ in 0..MAX_DEPTH {
            let (mut types, names) = self.types();
            ty = match &ty {
                CType::Record(record) => match (&record.tag, &record.members) {
                    (Some(tag), None) => return Ok(types.body_of(tag, names)?.0),
                    _ => return Ok(record.clone()),
                },
                CType::Named(words) if words.len() == 1 => types.target_of(&words[0], names)?,
                _ => break,
            };
        }
        Err("a member is read of what is no struct".to_owned())
    }

    /// Offset and type of a member, also of one in an anonymous struct or union.
    fn member(&mut self, record: &Record, name: &str, depth: u32) -> Result<Option<(u64, CType)>, String> {
        let mut places = Vec::new();
        let (mut types, names) = self.types();
        types.place(record, names, &mut |member, at, _| {
            places.push((member.name.clone(), at, member.ty.clone()));
        })?;
        if let Some((_, at, ty)) = places.iter().find(|(own, ..)| own.as_deref() == Some(name)) {
            return Ok(Some((*at, ty.clone())));
        }
        for (own, at, ty) in places {
            if let (None, CType::Record(inner)) = (own, &ty)
                && depth < MAX_DEPTH
                && let Some((within, ty)) = self.member(inner, name, depth + 1)?
            {
                return Ok(Some((at + within, ty)));
            }
        }
        Ok(None)
    }
}

/// Whether the text ends within `#pragma clang attribute push(... preserve_access_index ...)`.
fn in_pushed_attribute(before: &str) -> bool {
    let pushed = before.rfind("attribute push").filter(|&at| {
        let line = before[at..].lines().next().unwrap_or_default();
        line.contains("preserve_access_index")
    });
    pushed.is_some_and(|at| !before[at..].contains("attribute pop"))
}
