//! Kept facts as bytes, for the next run: a kernel that is tagged next month is read with what is known of the last one.
//! Bytes that say what cannot be are refused whole.

use std::sync::Arc;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::{FileSet, Found, Kept, KeptUnit, UnitName};
use crate::lex::{Interner, Sym};
use crate::memory::Content;

#[derive(Serialize, Deserialize)]
struct Saved<F> {
    common: u64,
    /// The names that numbers stand for below.
    names: Vec<String>,
    files: Vec<(String, Content)>,
    /// Path, whether in quotes, digest, and who includes it.
    included: Vec<(String, bool, u64, Vec<u32>)>,
    constants: Vec<u32>,
    units: Vec<SavedUnit<F>>,
    unread: Vec<(String, Option<Content>)>,
}

#[derive(Serialize, Deserialize)]
struct SavedUnit<F> {
    name: UnitName,
    found: F,
    sees: Vec<u32>,
    texts: Vec<u32>,
    names: Vec<u32>,
}

impl Kept {
    /// All of it but what the makefiles say, as bytes.
    pub fn to_bytes(&self, names: &Interner) -> Vec<u8> {
        let mut numbers: FxHashMap<Sym, u32> = FxHashMap::default();
        let mut spelled: Vec<String> = Vec::new();
        let mut number = |sym: Sym| {
            *numbers.entry(sym).or_insert_with(|| {
                spelled.push(names.text(sym).to_owned());
                spelled.len() as u32 - 1
            })
        };
        let mut units: Vec<(&UnitName, &KeptUnit)> = self.units.iter().collect();
        units.sort_unstable_by_key(|(name, _)| *name);
        let units = units.into_iter().map(|(name, unit)| SavedUnit {
            name: name.clone(),
            found: &*unit.found,
            sees: unit.sees.numbers().collect(),
            texts: unit.texts.clone(),
            names: unit.names.iter().map(|sym| number(*sym)).collect(),
        });
        let units: Vec<SavedUnit<&Found>> = units.collect();
        let constants = self.constants.iter().map(|sym| number(*sym)).collect();
        let included = self.included.iter();
        let saved = Saved {
            common: self.common,
            files: self
                .files
                .iter()
                .map(|(path, content)| (path.to_string(), *content))
                .collect(),
            included: included
                .map(|((path, quoted), (digest, by))| (path.clone(), *quoted, *digest, by.numbers().collect()))
                .collect(),
            constants,
            units,
            unread: self.unread.clone(),
            names: spelled,
        };
        serde_json::to_vec(&saved).unwrap_or_default()
    }

    /// What [`Kept::to_bytes`] made; `None` if these are no such bytes.
    pub fn from_bytes(bytes: &[u8], names: &mut Interner) -> Option<Self> {
        let saved: Saved<Found> = serde_json::from_slice(bytes).ok()?;
        let symbols: Vec<Sym> = saved.names.iter().map(|name| names.intern(name)).collect();
        let meant = |numbers: Vec<u32>| -> Option<Vec<Sym>> {
            let symbols = numbers.into_iter().map(|number| symbols.get(number as usize).copied());
            symbols.collect()
        };
        let count = saved.files.len() as u32;
        let set = |numbers: Vec<u32>| -> Option<FileSet> {
            let mut set = FileSet::default();
            for number in numbers {
                (number < count).then(|| set.insert(number))?;
            }
            Some(set)
        };
        let mut kept = Kept {
            common: saved.common,
            unread: saved.unread,
            constants: meant(saved.constants)?.into_iter().collect(),
            ..Kept::default()
        };
        for (number, (path, content)) in saved.files.into_iter().enumerate() {
            let path: Arc<str> = Arc::from(path);
            kept.by_path.insert(path.clone(), number as u32);
            kept.files.push((path, content));
        }
        for (path, quoted, digest, by) in saved.included {
            kept.included.insert((path, quoted), (digest, set(by)?));
        }
        for unit in saved.units {
            let mut names = meant(unit.names)?;
            names.sort_unstable();
            let texts = unit.texts;
            texts.iter().all(|text| *text < count).then_some(())?;
            let kept_unit = KeptUnit {
                found: Arc::new(unit.found),
                sees: set(unit.sees)?,
                texts,
                names,
            };
            kept.units.insert(unit.name, kept_unit);
        }
        Some(kept)
    }
}

impl FileSet {
    fn numbers(&self) -> impl Iterator<Item = u32> {
        let words = self.0.iter().enumerate();
        words.flat_map(|(at, word)| {
            (0..64)
                .filter(move |bit| word >> bit & 1 == 1)
                .map(move |bit| at as u32 * 64 + bit)
        })
    }
}
