//! Reads the BTF of a kernel: a blob, a directory such as `/sys/kernel/btf`, an ELF file with a `.BTF` section, or any of these
//! packed. Modules continue the types of `vmlinux`, so they are read on top of it and never without.

mod parts;

use std::ffi::OsStr;
use std::path::Path;

use tpabi_core::btf::{Blob, Collector, Constants, is_split};
use tpabi_core::snapshot::{Kernel, Knows, SCHEMA_VERSION, Snapshot};

use self::parts::{Part, Parts};
use crate::error::TreeError;

/// Reads the BTF at `path`, and the values of those enum constants that `symbols` names.
///
/// A single file of a module is read on top of the `vmlinux` that lies beside it. Facts of BTF cover what is loaded or lies
/// there, so the snapshot does not claim that an event which is absent does not exist.
pub fn read_btf(path: &Path, symbols: impl IntoIterator<Item = String>) -> Result<Snapshot, TreeError> {
    let mut kernel = Kernel {
        origin: vec!["btf".into()],
        ..Kernel::default()
    };
    let parts = parts::read(path, &mut kernel)?;
    let base = base_of(path, &parts)?;
    let mut collector = Collector::default();
    let mut constants = Constants::of(symbols);
    let base_blob = base.as_ref().map(|part| {
        let blob = parse(part, None, &mut collector);
        if parts.all.iter().any(|other| std::ptr::eq(other, *part)) {
            collect(part, &blob, &mut collector, &mut constants);
        }
        blob
    });
    for part in parts
        .all
        .iter()
        .filter(|part| base.is_none_or(|base| !std::ptr::eq(*part, base)))
    {
        let own_base = part.base.as_ref().map(|bytes| {
            let mut problem = |code, message| collector.problem(&part.name, code, message);
            Blob::parse(bytes, None, &mut problem)
        });
        let below = if is_split(&part.btf) {
            own_base.as_ref().or(base_blob.as_ref())
        } else {
            None
        };
        let blob = parse(part, below, &mut collector);
        collect(part, &blob, &mut collector, &mut constants);
    }
    let facts = collector.finish();
    let is_blank = facts.tracepoints.is_empty() && facts.classes.is_empty() && facts.common_fields.is_empty();
    if let Some(first) = facts.problems.first().filter(|_| is_blank) {
        let hint = (first.code == "btf-truncated").then_some("it was not copied whole: copy it again");
        return Err(not_btf(path, &first.message, hint));
    }
    let mut snapshot = Snapshot {
        schema_version: SCHEMA_VERSION,
        kernel,
        knows: Knows {
            args: true,
            ..Knows::default()
        },
        common_fields: facts.common_fields,
        tracepoints: facts.tracepoints,
        classes: facts.classes,
        contexts: facts.contexts,
        enums: constants.finish(),
        problems: facts.problems,
        ..Snapshot::default()
    };
    snapshot.sort();
    Ok(snapshot)
}

fn parse<'a>(part: &'a Part, base: Option<&'a Blob<'a>>, collector: &mut Collector) -> Blob<'a> {
    Blob::parse(&part.btf, base, &mut |code, message| {
        collector.problem(&part.name, code, message);
    })
}

fn collect(part: &Part, blob: &Blob, collector: &mut Collector, constants: &mut Constants) {
    collector.read(&part.name, blob);
    constants.read(blob);
}

/// The part that the modules continue, where there is one.
fn base_of<'p>(path: &Path, parts: &'p Parts) -> Result<Option<&'p Part>, TreeError> {
    let kernels: Vec<&Part> = parts.all.iter().filter(|part| !is_split(&part.btf)).collect();
    let named: Vec<&Part> = kernels.iter().copied().filter(|part| part.is_vmlinux()).collect();
    let needed = parts.all.iter().any(|part| part.base.is_none() && is_split(&part.btf));
    match (named.as_slice(), kernels.as_slice()) {
        ([one], _) | ([], [one]) => Ok(Some(one)),
        ([], []) if needed && parts.beside.is_some() => Ok(parts.beside.as_ref()),
        ([], _) if !needed => Ok(None),
        ([], []) => {
            let reason = "it continues the BTF of a vmlinux, which is not there";
            let hint = "put the vmlinux of the same kernel beside it, or name the directory that holds both";
            Err(not_btf(path, reason, Some(hint)))
        }
        ([one, two, ..], _) | ([], [one, two, ..]) => {
            let reason = format!("it holds several kernels, such as '{}' and '{}'", one.name, two.name);
            Err(not_btf(path, &reason, None))
        }
    }
}

fn not_btf(path: &Path, reason: &str, hint: Option<&str>) -> TreeError {
    TreeError::NotBtf {
        path: path.display().to_string(),
        reason: reason.into(),
        hint: hint.map(Into::into),
    }
}

/// The last part of a path, as problems show it.
fn file_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(OsStr::new(""))
        .to_string_lossy()
        .into_owned()
}

#[cfg(test)]
mod tests;
