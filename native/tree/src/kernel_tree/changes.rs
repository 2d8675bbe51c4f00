//! Which files differ between two trees of a repository. Directories with the same content are not opened.

use std::collections::BTreeMap;

use gix::objs::{Find, TreeRefIter};
use gix::{ObjectId, OdbHandle};

use super::MAX_DEPTH;

/// A file that differs between two trees.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedFile {
    /// Its path.
    pub path: String,
    /// Whether it is in one of the trees only.
    pub is_one_sided: bool,
}

/// An entry of a directory: whether it is a directory itself, and its content.
type Entries = BTreeMap<Vec<u8>, (bool, ObjectId)>;

/// The files that differ, in the order of paths; `None` if a directory cannot be read.
pub fn changed_files(odb: &OdbHandle, before: ObjectId, after: ObjectId) -> Option<Vec<ChangedFile>> {
    let mut changed = Vec::new();
    compare(odb, (Some(before), Some(after)), "", 0, &mut changed)?;
    Some(changed)
}

fn compare(
    odb: &OdbHandle,
    (before, after): (Option<ObjectId>, Option<ObjectId>),
    prefix: &str,
    depth: usize,
    changed: &mut Vec<ChangedFile>,
) -> Option<()> {
    if before == after {
        return Some(());
    }
    if depth > MAX_DEPTH {
        return None;
    }
    let (early, late) = (entries(odb, before)?, entries(odb, after)?);
    let names: std::collections::BTreeSet<&Vec<u8>> = early.keys().chain(late.keys()).collect();
    for name in names {
        let (one, other) = (early.get(name), late.get(name));
        if one == other {
            continue;
        }
        let path = format!("{prefix}{}", String::from_utf8_lossy(name));
        let directory = |entry: Option<&(bool, ObjectId)>| entry.filter(|(is_tree, _)| *is_tree).map(|(_, id)| *id);
        let is_file = |entry: Option<&(bool, ObjectId)>| entry.is_some_and(|(is_tree, _)| !is_tree);
        compare(
            odb,
            (directory(one), directory(other)),
            &format!("{path}/"),
            depth + 1,
            changed,
        )?;
        if is_file(one) || is_file(other) {
            changed.push(ChangedFile {
                path,
                is_one_sided: is_file(one) != is_file(other),
            });
        }
    }
    Some(())
}

fn entries(odb: &OdbHandle, tree: Option<ObjectId>) -> Option<Entries> {
    let Some(id) = tree else {
        return Some(Entries::new());
    };
    let mut buffer = Vec::new();
    let tree = odb.try_find(&id, &mut buffer).ok()??;
    TreeRefIter::from_bytes(tree.data, tree.object_hash)
        .map(|entry| {
            let entry = entry.ok()?;
            Some((entry.filename.to_vec(), (entry.mode.is_tree(), entry.oid.to_owned())))
        })
        .collect()
}
