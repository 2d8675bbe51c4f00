//! Kernels read one after another: what is taken over from the last one must be what reading it alone finds.

mod kernel;

use kernel::{Memory, extracted, files, read};
use tpabi_core::extract::{Extraction, Purpose};
use tpabi_core::memory;
use tpabi_core::reuse::Kept;

const DEMO: &str = r#"
#ifdef HAS_MORE
#define MORE __field(u64, more)
#else
#define MORE
#endif
TRACE_EVENT(first, TP_PROTO(struct pair *p, wide_t w), TP_ARGS(p, w),
    TP_STRUCT__entry(__field(wide_t, w) __array(char, comm, COMM_LEN) __field(struct pair, pair) MORE),
    TP_fast_assign(), TP_printk("%d %s", __entry->w, __entry->comm));
"#;

const OTHER: &str = r#"
#undef TRACE_SYSTEM
#define TRACE_SYSTEM other
#if !defined(_TRACE_OTHER_H) || defined(TRACE_HEADER_MULTI_READ)
#define _TRACE_OTHER_H
#include <linux/tracepoint.h>
TRACE_EVENT(second, TP_PROTO(int s, shape_t shape), TP_ARGS(s, shape),
    TP_STRUCT__entry(__field(int, s) __field(u32, x)),
    TP_fast_assign(), TP_printk("%s", __print_symbolic(__entry->s, { SLEEPING, "S" }, { DEAD, "D" })));
#endif
#include <trace/define_trace.h>
"#;

/// What is the same for all kernels of these tests.
const SCOPE: u64 = 1;

/// Decides all conditions: what is not known is said anew of each kernel.
const CONFIG: Option<&str> = Some("CONFIG_SMP=y\n");

/// A kernel in which two C files create trace points of a header each, and a third defines a system call.
fn base() -> Memory {
    let mut all = files(DEMO);
    let more = [
        ("include/trace/events/other.h", OTHER),
        (
            "kernel/other.c",
            "#include <linux/types.h>\n#include \"shape.h\"\n#define CREATE_TRACE_POINTS\n#include <trace/events/other.h>\n",
        ),
        ("include/shape.h", "typedef u32 shape_t;\n"),
        (
            "kernel/calls.c",
            "#include <linux/types.h>\nSYSCALL_DEFINE1(close, u32, fd)\n{\n\treturn 0;\n}\n",
        ),
        ("kernel/Makefile", "obj-y += core.o other.o calls.o\nobj-y += trace/\n"),
        ("kernel/trace/Makefile", "obj-y += trace_syscalls.o\n"),
        ("kernel/trace/trace_syscalls.c", "int __syscall_nr;\n"),
        (
            "arch/x86/entry/syscalls/syscall_64.tbl",
            "3\tcommon\tclose\tsys_close\n",
        ),
    ];
    all.0
        .extend(more.map(|(path, text)| (path.to_owned(), text.to_owned())));
    all
}

/// The next kernel of a series.
fn next(files: &Memory, memory: &mut memory::Memory) -> Extraction {
    let purpose = Purpose::Successive { scope: SCOPE };
    extracted(files, "x86_64", CONFIG, purpose, memory).expect("a kernel")
}

fn json(snapshot: &tpabi_core::snapshot::Snapshot) -> String {
    serde_json::to_string_pretty(snapshot).expect("plain data")
}

#[test]
fn takes_over_what_no_change_touches() {
    // The file, what is replaced in it and by what, and how many of the three units are taken over.
    let cases: &[(&str, &str, &str, usize)] = &[
        (
            "include/linux/types.h",
            "typedef int pid_t;",
            "/* moved */\n\ntypedef int pid_t;",
            3,
        ),
        ("include/linux/types.h", "typedef int pid_t;", "typedef long pid_t;", 3),
        ("include/linux/types.h", "COMM_LEN 16", "COMM_LEN 32", 2),
        ("include/linux/types.h", "typedef u32 wide_t", "typedef u8 wide_t", 2),
        (
            "include/linux/types.h",
            "struct pair { u8 a;",
            "struct pair { u64 a;",
            2,
        ),
        ("include/linux/types.h", "SLEEPING = 4", "SLEEPING = 5", 2),
        (
            "include/linux/types.h",
            "#define COMM_LEN",
            "#define HAS_MORE\n#define COMM_LEN",
            2,
        ),
        ("include/linux/types.h", "#define COMM_LEN 16", "", 2),
        (
            "include/linux/types.h",
            "#define __user",
            "#define __user\n#include \"shape.h\"",
            0,
        ),
        (
            "include/trace/events/demo.h",
            "TRACE_EVENT(first",
            "\n\nTRACE_EVENT(first",
            2,
        ),
        ("include/shape.h", "typedef u32 shape_t", "typedef u64 shape_t", 2),
        ("kernel/shape.h", "", "typedef u8 shape_t;\n", 2),
        ("kernel/linux/types.h", "", "typedef u64 u32;\n", 3),
        ("kernel/calls.c", "u32, fd", "u32, handle", 2),
        ("kernel/calls.c", "SYSCALL", "\n\nSYSCALL", 3),
        ("kernel/calls.c", "return 0", "return fd", 3),
        ("kernel/core.c", "#define CREATE", "\n/* moved */\n#define CREATE", 3),
        (
            "kernel/core.c",
            "#define CREATE",
            "#undef TRACE_SYSTEM\n#define CREATE",
            3,
        ),
        (
            "kernel/core.c",
            "#define CREATE_TRACE_POINTS",
            "#ifdef LATER\n#define CREATE_TRACE_POINTS\n#endif",
            1,
        ),
        ("kernel/Makefile", "other.o", "\nobj-$(CONFIG_SMP) += other.o", 3),
        ("Makefile", "SUBLEVEL = 0", "SUBLEVEL = 1", 3),
        ("include/linux/tracepoint.h", "extern int", "extern long", 0),
        (
            "include/linux/trace_events.h",
            "int pid;",
            "int pid; int lock_depth;",
            0,
        ),
    ];
    for (path, from, to, want) in cases {
        let mut changed = base();
        let text = changed.0.entry((*path).to_owned()).or_default();
        *text = if from.is_empty() {
            (*to).to_owned()
        } else {
            text.replacen(from, to, 1)
        };
        let mut memory = memory::Memory::default();
        let before = next(&base(), &mut memory);
        assert_eq!(before.taken_over, 0);
        let bytes = memory.kept[&SCOPE].to_bytes(&memory.names);
        let after = next(&changed, &mut memory);
        assert_eq!(
            json(&after.snapshot),
            json(&read(&changed, "x86_64", CONFIG)),
            "{path}: {to}"
        );
        assert_eq!(after.taken_over, *want, "{path}: {to}");
        // The next run knows what this one has kept, and the texts of the kernel before are at hand.
        let mut later = memory::Memory::default();
        let kept = Kept::from_bytes(&bytes, &mut later.names).expect("bytes of facts");
        later.kept.insert(SCOPE, kept);
        changed.1 = base().0.into_values().collect();
        let again = next(&changed, &mut later);
        assert_eq!(
            json(&again.snapshot),
            json(&after.snapshot),
            "{path}: {to}, in the next run"
        );
        assert_eq!(again.taken_over, *want, "{path}: {to}, in the next run");
        let back = next(&base(), &mut memory);
        assert_eq!(json(&back.snapshot), json(&before.snapshot), "{path}: back from {to}");
    }
}

#[test]
fn is_never_wrong_whatever_changes() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut random = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below as u64) as usize
    };
    let mut memory = memory::Memory::default();
    let mut taken_over = 0;
    let mut files = base();
    for round in 0..600 {
        if round % 12 == 0 {
            files = base();
        }
        let paths: Vec<String> = files.0.keys().filter(|path| *path != "Makefile").cloned().collect();
        let path = &paths[random(paths.len())];
        let mut lines: Vec<String> = files.0[path].lines().map(str::to_owned).collect();
        if lines.is_empty() {
            continue;
        }
        let (one, other) = (random(lines.len()), random(lines.len()));
        match random(5) {
            0 => drop(lines.remove(one)),
            1 => lines.swap(one, other),
            2 => lines.insert(one, lines[other].clone()),
            3 => lines.insert(
                one,
                format!("#define {}", ["HAS_MORE", "u32 u64", "DEAD 9", "NEW 1"][random(4)]),
            ),
            _ => lines.insert(one, "/* a comment */".to_owned()),
        }
        files.0.insert(path.clone(), lines.join("\n") + "\n");
        let purpose = Purpose::Successive { scope: SCOPE };
        let alone = extracted(&files, "x86_64", None, purpose, &mut memory::Memory::default());
        match (extracted(&files, "x86_64", None, purpose, &mut memory), alone) {
            (Ok(found), Ok(alone)) => {
                taken_over += found.taken_over;
                assert_eq!(json(&found.snapshot), json(&alone.snapshot), "round {round}, {path}");
            }
            (found, alone) => assert_eq!(found.err(), alone.err(), "round {round}, {path}"),
        }
    }
    assert!(taken_over > 300, "only {taken_over} units were taken over");
}

#[test]
fn refuses_damaged_facts() {
    let mut memory = memory::Memory::default();
    next(&base(), &mut memory);
    let bytes = memory.kept[&SCOPE].to_bytes(&memory.names);
    for length in [0, 1, bytes.len() / 2, bytes.len() - 1] {
        assert!(
            Kept::from_bytes(&bytes[..length], &mut memory.names).is_none(),
            "{length} bytes"
        );
    }
    let text = String::from_utf8(bytes).expect("JSON");
    let start = text.find("\"sees\":[").expect("a unit") + "\"sees\":[".len();
    let beyond = format!("{}99999,{}", &text[..start], &text[start..]);
    assert!(
        Kept::from_bytes(beyond.as_bytes(), &mut memory.names).is_none(),
        "a file that is not there"
    );
}
