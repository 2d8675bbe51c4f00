//! A kernel of a few small files, in memory: what tests and fuzzing put their headers into.

use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use tpabi_core::arch;
use tpabi_core::config::Config;
use tpabi_core::extract::{Extraction, Purpose, Source, extract};
use tpabi_core::memory::Content;
use tpabi_core::snapshot::Snapshot;
use tpabi_core::tree::Files;

/// Files in memory, and texts of other trees that are at hand.
pub struct Memory(pub BTreeMap<String, String>, pub Vec<String>);

impl Files for Memory {
    fn read(&self, path: &str) -> Option<Arc<[u8]>> {
        self.0.get(path).map(|text| Arc::from(text.as_bytes()))
    }
    fn content(&self, path: &str) -> Option<Content> {
        self.0.get(path).map(|text| content(text))
    }
    fn text_of(&self, wanted: Content) -> Option<Arc<[u8]>> {
        let text = self.1.iter().find(|text| content(text) == wanted)?;
        Some(Arc::from(text.as_bytes()))
    }
    fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }
    fn named(&self, name: &str) -> Vec<String> {
        self.0
            .keys()
            .filter(|path| path.rsplit('/').next() == Some(name))
            .cloned()
            .collect()
    }
}

/// As good as a content id: no two texts of a test have the same one.
fn content(text: &str) -> Content {
    let mut hasher = std::hash::DefaultHasher::new();
    text.hash(&mut hasher);
    let mut content = Content::default();
    content[..8].copy_from_slice(&hasher.finish().to_le_bytes());
    content
}

/// The macro machinery that every kernel has, as small as it can be: only the shape of the stages matters here.
pub const STAGES: &str = r#"
#undef TRACE_EVENT
#define TRACE_EVENT(name, proto, args, tstruct, assign, print) \
    DECLARE_EVENT_CLASS(name, PARAMS(proto), PARAMS(args), PARAMS(tstruct), PARAMS(assign), PARAMS(print)); \
    DEFINE_EVENT(name, name, PARAMS(proto), PARAMS(args));
#undef __field
#define __field(type, item) type item;
#undef DEFINE_EVENT_FN
#define DEFINE_EVENT_FN(template, name, proto, args, reg, unreg) DEFINE_EVENT(template, name, PARAMS(proto), PARAMS(args))
#include TRACE_INCLUDE(TRACE_INCLUDE_FILE)
#undef __field
#define __field(type, item) { #type, #item, is_signed_type(type) },
#undef __array
#define __array(type, item, count) { #type, #item, .len = count },
#undef __dynamic_array
#define __dynamic_array(type, item, count) { "__data_loc " #type "[]", #item },
#undef __string
#define __string(item, src) __dynamic_array(char, item, -1)
#undef __bitmask
#define __bitmask(item, bits) __dynamic_array(unsigned long, item, -1)
#include TRACE_INCLUDE(TRACE_INCLUDE_FILE)
#undef __entry
#define __entry REC
#undef __print_symbolic
#undef __print_flags
#undef TP_printk
#define TP_printk(fmt, args...) "\"" fmt "\", " __stringify(args)
#include TRACE_INCLUDE(TRACE_INCLUDE_FILE)
"#;

const TRACEPOINT: &str = r"
#ifndef _LINUX_TRACEPOINT_H
#define _LINUX_TRACEPOINT_H
#define PARAMS(args...) args
#define TP_PROTO(args...) args
#define __DECLARE_TRACE(name, proto, args, cond) extern int __tracepoint_##name;
#define DECLARE_TRACE(name, proto, args) __DECLARE_TRACE(name, PARAMS(proto), PARAMS(args), 1)
#define DEFINE_EVENT(template, name, proto, args) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define TRACE_EVENT(name, proto, args, tstruct, assign, print) DECLARE_TRACE(name, PARAMS(proto), PARAMS(args))
#define DECLARE_EVENT_CLASS(name, proto, args, tstruct, assign, print)
#endif
";

/// The types that headers use.
pub const TYPES: &str = r"
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef long long s64;
typedef int pid_t;
typedef _Bool bool;
#define __user
#define COMM_LEN 16
#ifdef CONFIG_WIDE
typedef u64 wide_t;
#else
typedef u32 wide_t;
#endif
enum state { RUNNING, SLEEPING = 4, DEAD };
enum __attribute__((__packed__)) small { NO, YES };
struct pair { u8 a; u32 b; };
struct __attribute__((packed)) tight { u8 a; u32 b; };
";

/// A kernel with one trace header, whose middle is given.
pub fn files(header: &str) -> Memory {
    let fixed = [
        (
            "Makefile",
            "VERSION = 6\nPATCHLEVEL = 1\nSUBLEVEL = 0\nEXTRAVERSION =\ncore-y := kernel/\n",
        ),
        ("kernel/Makefile", "obj-y += core.o\nobj-$(CONFIG_EXTRA) += extra.o\n"),
        (
            "kernel/core.c",
            "#include <linux/types.h>\n#define CREATE_TRACE_POINTS\n#include <trace/events/demo.h>\n",
        ),
        ("include/linux/types.h", TYPES),
        ("include/linux/tracepoint.h", TRACEPOINT),
        (
            "include/linux/stringify.h",
            "#define __stringify(x...) __stringify_1(x)\n#define __stringify_1(x...) #x\n",
        ),
        (
            "include/linux/trace_events.h",
            "struct trace_entry { unsigned short type; unsigned char flags; unsigned char preempt_count; int pid; };\n",
        ),
        (
            "include/trace/define_trace.h",
            "#ifdef CREATE_TRACE_POINTS\n#include <trace/trace_events.h>\n#endif\n",
        ),
        ("include/trace/trace_events.h", STAGES),
    ];
    let mut all: BTreeMap<String, String> = fixed.iter().map(|(p, t)| ((*p).to_owned(), (*t).to_owned())).collect();
    let header = format!(
        "#undef TRACE_SYSTEM\n#define TRACE_SYSTEM demo\n\
         #if !defined(_TRACE_DEMO_H) || defined(TRACE_HEADER_MULTI_READ)\n#define _TRACE_DEMO_H\n\
         #include <linux/tracepoint.h>\n{header}\n#endif\n#include <trace/define_trace.h>\n"
    );
    all.insert("include/trace/events/demo.h".to_owned(), header);
    Memory(all, Vec::new())
}

/// What extraction makes of it.
pub fn read(files: &Memory, arch: &str, config: Option<&str>) -> Snapshot {
    let watched = rustc_hash::FxHashSet::default();
    let purpose = Purpose::Facts { watched: &watched };
    let mut memory = tpabi_core::memory::Memory::default();
    extracted(files, arch, config, purpose, &mut memory)
        .expect("a kernel")
        .snapshot
}

/// What extraction makes of it for a purpose, with a memory of earlier kernels.
pub fn extracted(
    files: &Memory,
    arch: &str,
    config: Option<&str>,
    purpose: Purpose,
    memory: &mut tpabi_core::memory::Memory,
) -> Result<Extraction, String> {
    let creators: Vec<String> = files
        .0
        .iter()
        .filter(|(_, text)| text.contains("#define CREATE_TRACE"))
        .map(|(path, _)| path.clone())
        .collect();
    let syscalls: Vec<String> = files
        .0
        .iter()
        .filter(|(path, text)| path.contains(".c") && text.contains("SYSCALL_DEFINE"))
        .map(|(path, _)| path.clone())
        .collect();
    let source = Source {
        files,
        creators: &creators,
        syscalls: &syscalls,
        arch: arch::find(arch).expect("a known architecture"),
        config: config.map(Config::parse),
    };
    extract(source, purpose, memory, &mut |_, _| {})
}
