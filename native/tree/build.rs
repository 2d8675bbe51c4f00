//! Gives the facts kept between runs a version that changes with the code they came from, so no one has to remember to.

use std::fs;
use std::path::{Path, PathBuf};

fn main() {
    let mut sources = Vec::new();
    for directory in ["src", "../core/src"] {
        println!("cargo::rerun-if-changed={directory}");
        collect(Path::new(directory), &mut sources);
    }
    sources.sort();
    let hash = sources
        .iter()
        .filter_map(|path| fs::read(path).ok())
        .flatten()
        .fold(FNV_OFFSET, fnv1a);
    println!("cargo::rustc-env=TPABI_FACTS_VERSION={hash:016x}");
}

fn collect(directory: &Path, sources: &mut Vec<PathBuf>) {
    let entries = fs::read_dir(directory).into_iter().flatten().filter_map(Result::ok);
    for path in entries.map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, sources);
        } else {
            sources.push(path);
        }
    }
}

const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;

fn fnv1a(hash: u64, byte: u8) -> u64 {
    (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
}
