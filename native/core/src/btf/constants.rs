//! Values of enum constants, for the names that somebody asks for: a kernel has over 50,000, print formats use a few hundred.

use std::collections::BTreeMap;

use rustc_hash::FxHashSet;

use super::blob::{Blob, Kind, Type};

/// Finds the values of some names in any number of blobs.
#[derive(Debug, Default)]
pub struct Constants {
    wanted: FxHashSet<String>,
    found: BTreeMap<String, i64>,
    ambiguous: FxHashSet<String>,
}

impl Constants {
    /// Looks for these names.
    pub fn of(wanted: impl IntoIterator<Item = String>) -> Self {
        Self {
            wanted: wanted.into_iter().collect(),
            ..Self::default()
        }
    }

    /// Looks at the enums of one blob, not at those of its base.
    pub fn read(&mut self, blob: &Blob) {
        if self.wanted.is_empty() {
            return;
        }
        for of in blob.ids().filter_map(|id| blob.get(id)) {
            match of.kind {
                Kind::Enum => of
                    .groups()
                    .for_each(|[name, value]| self.add(of, name, value_of_32(of, value))),
                Kind::Enum64 => of.groups().for_each(|[name, low, high]| {
                    self.add(of, name, value_of_64(of, low, high));
                }),
                _ => {}
            }
        }
    }

    fn add(&mut self, of: Type, name: u32, value: Option<i64>) {
        let Some(name) = of.blob.name(name).filter(|&name| self.wanted.contains(name)) else {
            return;
        };
        let Some(value) = value else { return };
        if self.found.get(name).is_some_and(|&known| known != value) {
            self.ambiguous.insert(name.to_owned());
        } else {
            self.found.insert(name.to_owned(), value);
        }
    }

    /// The values found. A name that stands for several values, each in a file of its own, has none.
    pub fn finish(mut self) -> BTreeMap<String, i64> {
        self.found.retain(|name, _| !self.ambiguous.contains(name));
        self.found
    }
}

/// `kind_flag` says that the enum is signed; where the encoder never sets it, large values may be negative ones.
fn value_of_32(of: Type, value: u32) -> Option<i64> {
    if of.flag {
        return Some(i64::from(value.cast_signed()));
    }
    (value >> 31 == 0 || of.blob.marks_signed_enums()).then_some(i64::from(value))
}

fn value_of_64(of: Type, low: u32, high: u32) -> Option<i64> {
    let value = u64::from(high) << 32 | u64::from(low);
    if of.flag {
        Some(value.cast_signed())
    } else {
        i64::try_from(value).ok()
    }
}
