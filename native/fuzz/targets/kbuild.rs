//! Makefiles and a configuration, separated by NUL bytes: under which configuration files are built.
#![no_main]

use std::collections::BTreeMap;
use std::sync::Arc;

use libfuzzer_sys::fuzz_target;
use tpabi_core::arch;
use tpabi_core::config::Config;
use tpabi_core::kbuild::{Kbuild, Makefiles, spell};
use tpabi_core::tree::Files;

const PATHS: [&str; 5] = [
    "Makefile",
    "kernel/Makefile",
    "kernel/sub/Kbuild",
    "arch/x86/kvm/Makefile",
    "kernel/core.c",
];

struct Memory(BTreeMap<&'static str, String>);

impl Files for Memory {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.0.get(path).map(|text| Arc::from(text.as_bytes()))
    }
    fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
    fn named(&self, name: &str) -> Vec<String> {
        let paths = self.0.keys().filter(|path| path.rsplit('/').next() == Some(name));
        paths.map(|path| (*path).to_owned()).collect()
    }
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let mut parts = text.split('\0');
    let config = parts.next().unwrap_or("");
    let files = Memory(PATHS.into_iter().zip(parts.map(str::to_owned)).collect());
    for config in [None, Some(Config::parse(config))] {
        let mut known = Makefiles::default();
        let mut kbuild = Kbuild::new(
            &files,
            arch::find("x86_64").expect("a known architecture"),
            config,
            &mut known,
        );
        for path in ["kernel/core.c", "kernel/sub/part.c", "virt/kvm/main.c"] {
            spell(&kbuild.source(path));
            kbuild.includers(path);
            kbuild.is_stray(path);
        }
        kbuild.missing();
    }
});
