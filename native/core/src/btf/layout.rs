//! Sizes and signs of types. Chains of typedefs, qualifiers and arrays are walked with a budget: hostile ones lead in circles.

use super::blob::{Kind, Type};

/// The longest chain of types that is followed; the longest of a real kernel has about ten.
pub(super) const MAX_CHAIN: usize = 64;

/// `BTF_INT_SIGNED`.
const INT_SIGNED: u32 = 1;

/// What is behind typedefs, qualifiers and type tags.
pub(super) fn resolved(of: Type) -> Option<Type> {
    let mut at = of;
    for _ in 0..MAX_CHAIN {
        match at.kind {
            Kind::Typedef | Kind::Const | Kind::Volatile | Kind::Restrict | Kind::TypeTag => at = at.target()?,
            _ => return Some(at),
        }
    }
    None
}

/// Element type and number of elements of an array, over all its dimensions; a type that is no array is one element.
pub(super) fn elements(of: Type) -> Option<(Type, u32)> {
    let mut at = resolved(of)?;
    let mut count: u32 = 1;
    for _ in 0..MAX_CHAIN {
        if at.kind != Kind::Array {
            return Some((at, count));
        }
        let (element, length) = array(at)?;
        count = count.checked_mul(length)?;
        at = resolved(element)?;
    }
    None
}

/// Element type and length of one array (`struct btf_array`).
pub(super) fn array(of: Type) -> Option<(Type, u32)> {
    let [element, _index, length] = of.groups::<3>().next()?;
    Some((of.blob.get(element)?, length))
}

/// Bytes of a type; none for `void`, functions and what is only declared.
pub(super) fn size_of(of: Type) -> Option<u32> {
    let (element, count) = elements(of)?;
    let size = match element.kind {
        Kind::Ptr => element.blob.pointer_bytes(),
        Kind::Int | Kind::Float | Kind::Enum | Kind::Enum64 | Kind::Struct | Kind::Union => element.size_or_id,
        _ => return None,
    };
    size.checked_mul(count)
}

/// What `is_signed_type` (include/linux/trace_events.h) says of a type, of an array's element: `(type)-1 < 0`.
pub(super) fn is_signed(of: Type) -> Option<bool> {
    let (element, _) = elements(of)?;
    match element.kind {
        Kind::Int => Some(element.groups::<1>().next()?[0] >> 24 & INT_SIGNED != 0),
        Kind::Enum | Kind::Enum64 => enum_is_signed(element),
        Kind::Ptr | Kind::Struct | Kind::Union => Some(false),
        Kind::Float => Some(true),
        _ => None,
    }
}

/// An enum is signed if the compiler made it so, which is where a constant is negative. Where the encoder does not say it, a
/// value with its top bit set can be a negative or a large one.
fn enum_is_signed(of: Type) -> Option<bool> {
    if of.flag {
        return Some(true);
    }
    let has_top_bit = |[_, value]: [u32; 2]| value >> 31 == 1;
    let is_clear = of.blob.marks_signed_enums() || of.kind == Kind::Enum64 || !of.groups::<2>().any(has_top_bit);
    is_clear.then_some(false)
}
