//! Many small facts, each about one content. Loaded as a whole, because a run asks for most of them; a run adds one file with
//! what it found out, and once in a while the files are joined.
//!
//! A file is a sequence of records: 20 bytes content id, 4 bytes length (little endian), the fact.

use std::fs;
use std::path::PathBuf;

use rustc_hash::FxHashMap;

use super::{Cache, is_temporary, list, read_packed};
use crate::kernel_tree::ContentId;

/// With more files than this they are joined.
const MAX_PARTS: usize = 16;
/// When the facts of one kind grow beyond this, the old ones are dropped.
const MAX_BYTES: usize = 128 << 20;

/// The facts of one kind.
#[derive(Debug)]
pub struct Facts {
    cache: Cache,
    directory: Option<PathBuf>,
    parts: Vec<(PathBuf, Vec<u8>)>,
    places: FxHashMap<ContentId, Place>,
}

/// Where a fact lies: a part, and the bytes of it.
#[derive(Debug, Clone, Copy)]
struct Place {
    part: u32,
    start: u32,
    end: u32,
}

impl Facts {
    pub(super) fn load(cache: Cache, directory: Option<PathBuf>) -> Self {
        let paths = directory
            .as_deref()
            .map(list)
            .into_iter()
            .flatten()
            .filter(|path| !is_temporary(path));
        let parts: Vec<_> = paths
            .filter_map(|path| read_packed(&path).map(|bytes| (path, bytes)))
            .collect();
        let mut places = FxHashMap::default();
        for (part, (_, bytes)) in parts.iter().enumerate() {
            let mut at = 0;
            while let Some((id, start, end)) = record(bytes, at) {
                let place = Place {
                    part: part as u32,
                    start: start as u32,
                    end: end as u32,
                };
                places.insert(id, place);
                at = end;
            }
        }
        Self {
            cache,
            directory,
            parts,
            places,
        }
    }

    /// What is known of a content.
    pub fn get(&self, id: ContentId) -> Option<&[u8]> {
        let Place { part, start, end } = *self.places.get(&id)?;
        self.parts[part as usize].1.get(start as usize..end as usize)
    }

    /// Keeps new facts for later runs. They are not visible in `self`.
    pub fn put_many<'f>(self, facts: impl IntoIterator<Item = (ContentId, &'f [u8])>) {
        let Some(directory) = &self.directory else { return };
        let mut bytes = Vec::new();
        for (id, fact) in facts {
            bytes.extend_from_slice(&id.0);
            bytes.extend_from_slice(&(fact.len() as u32).to_le_bytes());
            bytes.extend_from_slice(fact);
        }
        if bytes.is_empty() {
            return;
        }
        let old: usize = self.parts.iter().map(|(_, part)| part.len()).sum();
        let join = self.parts.len() >= MAX_PARTS || old > MAX_BYTES;
        if join && old <= MAX_BYTES {
            self.parts.iter().for_each(|(_, part)| bytes.extend_from_slice(part));
        }
        // The name is that of the content: two processes that found out the same write the same file.
        let name = ContentId::of([bytes.as_slice()]).to_string();
        self.cache.write_packed(&directory.join(name), &bytes);
        if join {
            for (path, _) in &self.parts {
                let _ = fs::remove_file(path);
            }
        }
    }
}

/// The record at `at`: its content id, and where its fact starts and ends.
fn record(bytes: &[u8], at: usize) -> Option<(ContentId, usize, usize)> {
    let (id, rest) = bytes.get(at..)?.split_first_chunk::<20>()?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let length = u32::from_le_bytes(*length) as usize;
    let start = at + 24;
    (length <= rest.len()).then_some((ContentId(*id), start, start + length))
}
