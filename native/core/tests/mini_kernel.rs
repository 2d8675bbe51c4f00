//! A kernel of a few small files, written for these tests: what extraction makes of each form that trace headers take.
//! Every case gives the text of one trace header; what comes out is compared as one line for each event.

#![allow(
    clippy::print_stderr,
    clippy::unwrap_used,
    reason = "a test says why it skips, and fails by panicking"
)]

mod kernel;

use std::fmt::Write;

use tpabi_core::snapshot::{Event, FieldKind};

use kernel::{Memory, STAGES, TYPES, files, read};

fn spelled(event: &Event) -> String {
    let fields = event.fields.iter().map(|f| {
        let kind = match f.kind {
            FieldKind::Scalar => "",
            FieldKind::Array => " array",
            FieldKind::Dynamic => " dynamic",
            FieldKind::Relative => " relative",
        };
        let number = |n: Option<u32>| n.map_or("?".to_owned(), |n| n.to_string());
        let sign = f.signed.map_or("?", |s| if s { "s" } else { "u" });
        let when = f.when.as_ref().map(|w| format!(" if {w}")).unwrap_or_default();
        format!(
            "{} {}@{}+{}{sign}{kind}{when}",
            f.r#type,
            f.name,
            number(f.offset),
            number(f.size)
        )
    });
    let fields = fields.collect::<Vec<_>>().join("; ");
    let when = event.when.as_ref().map(|w| format!(" when {w}")).unwrap_or_default();
    let print = event
        .print
        .as_ref()
        .map(|p| format!(" \"{}\", {}", p.format, p.args))
        .unwrap_or_default();
    format!("{}:{}{when} {{{fields}}}{print}", event.system, event.name)
}

fn check(header: &str, expected: &[&str]) {
    let snapshot = read(&files(header), "x86_64", None);
    let got: Vec<String> = snapshot.events.iter().map(spelled).collect();
    assert_eq!(got, expected, "{header}\n{:?}", snapshot.problems);
}

fn event(fields: &str, print: &str) -> String {
    format!(
        "TRACE_EVENT(one, TP_PROTO(int a), TP_ARGS(a), TP_STRUCT__entry({fields}), TP_fast_assign(x), TP_printk({print}));"
    )
}

#[test]
fn lays_out_fields() {
    let cases = [
        ("__field(int, a) __field(u64, b)", "int a@8+4s; u64 b@16+8u"),
        (
            "__field(u8, a) __field(u16, b) __field(pid_t, c)",
            "u8 a@8+1u; u16 b@10+2u; pid_t c@12+4s",
        ),
        ("__array(char, comm, COMM_LEN)", "char[16] comm@8+16s array"),
        (
            "__string(name, x) __bitmask(cpus, 8)",
            "__data_loc char[] name@8+4s dynamic; __data_loc unsigned long[] cpus@12+4u dynamic",
        ),
        (
            "__field(const void *, p) __field(bool, b)",
            "const void * p@8+8u; bool b@16+1u",
        ),
        (
            "__field(enum state, s) __field(enum small, t)",
            "enum state s@8+4u; enum small t@12+1u",
        ),
        (
            "__field(struct pair, p) __field(struct tight, t)",
            "struct pair p@8+8u; struct tight t@16+5u",
        ),
        (
            "__array(u8, a, sizeof(struct pair) * 2) __array(u32, b, DEAD)",
            "u8[16] a@8+16u array; u32[5] b@24+20u array",
        ),
        ("__field(wide_t, w) __field(int, after)", "wide_t w@?+?; int after@?+4s"),
        ("__field(struct nowhere, n)", "struct nowhere n@?+?"),
    ];
    for (fields, want) in cases {
        let want = want.replace("+?;", "+??;");
        let want = if want.ends_with("+?") { format!("{want}?") } else { want };
        check(&event(fields, r#""x""#), &[&format!("demo:one {{{want}}} \"x\", ")]);
    }
}

#[test]
fn expands_what_is_local() {
    check(
        r#"
DECLARE_EVENT_CLASS(cls, TP_PROTO(int a), TP_ARGS(a), TP_STRUCT__entry(__field(int, a)), TP_fast_assign(), TP_printk("a=%d", __entry->a));
#define DEFINE_MINE(name) DEFINE_EVENT(cls, name##_done, TP_PROTO(int a), TP_ARGS(a))
DEFINE_MINE(first);
DEFINE_EVENT_FN(cls, second, TP_PROTO(int a), TP_ARGS(a), on, off);
#undef DEFINE_MINE
#define LIST EM(third) EM(fourth)
#define EM(x) DEFINE_EVENT(cls, x, TP_PROTO(int a), TP_ARGS(a));
LIST
#undef EM
"#,
        &[
            r#"demo:first_done {int a@8+4s} "a=%d", REC->a"#,
            r#"demo:fourth {int a@8+4s} "a=%d", REC->a"#,
            r#"demo:second {int a@8+4s} "a=%d", REC->a"#,
            r#"demo:third {int a@8+4s} "a=%d", REC->a"#,
        ],
    );
    check(
        &format!(
            "#define PAIR_ENTRY __field(u32, x) __field(u32, y)\n{}",
            event("PAIR_ENTRY __field(u8, z)", r#""""#)
        ),
        &[r#"demo:one {u32 x@8+4u; u32 y@12+4u; u8 z@16+1u} "", "#],
    );
    // A stub in place of the real macro makes no event.
    check(
        &format!(
            "#undef TRACE_EVENT\n#define TRACE_EVENT(name, proto, ...) static inline void trace_##name(proto) {{}}\n{}",
            event("", r#""""#)
        ),
        &[],
    );
}

#[test]
fn prints_as_the_kernel_does() {
    let cases = [
        (
            r#""%s \"%d\"\n", __entry->a ? "y" : "n", COMM_LEN"#,
            "\"%s \"%d\"\n\", REC->a ? \"y\" : \"n\", 16",
        ),
        (r#""a" "b=%d",   __entry->a  +  1"#, "\"ab=%d\", REC->a + 1"),
        (
            r#""%s", __print_symbolic(__entry->a, { RUNNING, "R" }, { SLEEPING, "S" })"#,
            "\"%s\", __print_symbolic(REC->a, { RUNNING, \"R\" }, { 4, \"S\" })",
        ),
    ];
    for (print, want) in cases {
        let header = format!("TRACE_DEFINE_ENUM(SLEEPING);\n{}", event("__field(int, a)", print));
        check(&header, &[&format!("demo:one {{int a@8+4s}} {want}")]);
    }
}

#[test]
fn keeps_conditions_that_are_not_known_and_decides_the_others() {
    let header = format!(
        "#ifdef CONFIG_A\n{}\n#endif\n",
        event(
            "__field(int, a)\n#ifdef CONFIG_B\n__field(int, b)\n#endif\n__field(int, c)",
            r#""""#
        )
    );
    check(
        &header,
        &[r#"demo:one when CONFIG_A {int a@8+4s; int b@?+4s if CONFIG_B; int c@?+4s} "", "#],
    );
    let with = |config: &str| {
        read(&files(&header), "x86_64", Some(config))
            .events
            .iter()
            .map(spelled)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        with("CONFIG_A=y\nCONFIG_B=y"),
        [r#"demo:one {int a@8+4s; int b@12+4s; int c@16+4s} "", "#]
    );
    assert_eq!(with("CONFIG_A=y"), [r#"demo:one {int a@8+4s; int c@12+4s} "", "#]);
    assert!(with("CONFIG_B=y").is_empty());
    // `=m` defines only CONFIG_A_MODULE.
    assert!(with("CONFIG_A=m").is_empty());
}

#[test]
fn asks_kbuild_what_is_built() {
    let mut files = files("");
    files.0.insert(
        "kernel/extra.c".to_owned(),
        "#define CREATE_TRACE_POINTS\n#include \"extra_trace.h\"\n".to_owned(),
    );
    let header = format!(
        "#undef TRACE_SYSTEM\n#define TRACE_SYSTEM extra\n#include <linux/types.h>\n{}\n#include <trace/define_trace.h>\n",
        event("__field(int, a)", r#""""#)
    );
    files.0.insert("kernel/extra_trace.h".to_owned(), header);
    let events = |config: Option<&str>| {
        read(&files, "x86_64", config)
            .events
            .iter()
            .map(spelled)
            .collect::<Vec<_>>()
    };
    assert_eq!(events(None), [r#"extra:one when CONFIG_EXTRA {int a@8+4s} "", "#]);
    assert_eq!(events(Some("CONFIG_EXTRA=m")), [r#"extra:one {int a@8+4s} "", "#]);
    assert!(events(Some("CONFIG_OTHER=y")).is_empty());
}

#[test]
fn follows_the_architecture() {
    let header = event(
        "__field(u8, a) __field(u64, b) __field(long, c) __field(char, d)",
        r#""""#,
    );
    let one = |arch: &str| spelled(&read(&files(&header), arch, None).events[0]);
    assert_eq!(
        one("x86_64"),
        r#"demo:one {u8 a@8+1u; u64 b@16+8u; long c@24+8s; char d@32+1s} "", "#
    );
    assert_eq!(
        one("i386"),
        r#"demo:one {u8 a@8+1u; u64 b@12+8u; long c@20+4s; char d@24+1s} "", "#
    );
    assert_eq!(
        one("arm"),
        r#"demo:one {u8 a@8+1u; u64 b@16+8u; long c@24+4s; char d@28+1u} "", "#
    );
    assert_eq!(
        one("arm64"),
        r#"demo:one {u8 a@8+1u; u64 b@16+8u; long c@24+8s; char d@32+1u} "", "#
    );
}

/// The system calls that a kernel has events for, with their arguments.
fn entered(extra: &[(&str, &str)], arch: &str) -> Vec<String> {
    let mut files = files("");
    let defined = "#include <linux/types.h>\n\
        #ifdef CONFIG_SPLIT\n#define SYSCALL32_DEFINE4 SYSCALL_DEFINE4\n#else\n#define SYSCALL32_DEFINE4 COMPAT_SYSCALL_DEFINE4\n#endif\n\
        #define SC_ARG64(name) u32, name##_lo, u32, name##_hi\n\
        SYSCALL_DEFINE1(close, unsigned int, fd)\n{ }\n\
        SYSCALL_DEFINE1(personality, unsigned int, p)\n{ }\n\
        SYSCALL_DEFINE1(demo_personality, unsigned int, p)\n{ }\n\
        SYSCALL_DEFINE1(renameat, int, fd)\n{ }\n\
        SYSCALL_DEFINE2(statfs64, int, fd, u32, n)\n{ }\n\
        SYSCALL32_DEFINE4(mark, int, fd, SC_ARG64(mask), int, dir)\n{ }\n";
    let fixed = [
        ("kernel/core.c", defined),
        ("kernel/trace/trace_syscalls.c", "int __syscall_nr;\n"),
    ];
    for (path, text) in fixed.iter().chain(extra) {
        files.0.insert((*path).to_owned(), (*text).to_owned());
    }
    let config = (arch == "i386").then_some("CONFIG_SPLIT=y");
    let snapshot = read(&files, arch, config);
    let calls = snapshot.events.iter().filter_map(|event| {
        let name = event.name.strip_prefix("sys_enter_")?;
        let args: Vec<String> = event.fields[1..]
            .iter()
            .map(|f| format!("{} {}", f.r#type, f.name))
            .collect();
        Some(format!("{name}({})", args.join(", ")))
    });
    calls.collect()
}

#[test]
fn lays_out_what_programs_on_system_calls_get() {
    let declared = "#include <linux/trace_events.h>\n#define MAXARGS 6\n\
        static int enter(void)\n{\n\tstruct syscall_tp_t {\n\t\tunsigned long long regs;\n\t\tint syscall_nr;\n\
        \t\tunsigned long args[MAXARGS];\n\t} param;\n}\n\
        static int leave(void)\n{\n\tstruct syscall_tp_t {\n\t\tstruct trace_entry ent;\n\t\tunsigned long nr;\n\
        \t\tunsigned long ret;\n\t} __aligned(8) param;\n}\n";
    let contexts = |arch: &str, text: &str| -> Vec<String> {
        let mut files = files(&event("__field(int, a)", "\"\""));
        files
            .0
            .insert("kernel/trace/trace_syscalls.c".to_owned(), text.to_owned());
        let contexts = read(&files, arch, None).contexts;
        let field = |f: &tpabi_core::snapshot::Field| format!("{} {}@{}", f.r#type, f.name, f.offset.unwrap_or(0));
        contexts
            .iter()
            .map(|c| {
                let fields: Vec<String> = c.fields.iter().map(field).collect();
                format!("{} {} {}", c.name, fields.join(", "), c.size.unwrap_or(0))
            })
            .collect()
    };
    assert_eq!(
        contexts("x86_64", declared),
        [
            "sys_enter int syscall_nr@8, unsigned long[6] args@16 64",
            "sys_exit unsigned long nr@8, unsigned long ret@16 24"
        ]
    );
    assert_eq!(
        contexts("i386", declared),
        [
            "sys_enter int syscall_nr@8, unsigned long[6] args@12 40",
            "sys_exit unsigned long nr@8, unsigned long ret@12 16"
        ]
    );
    assert!(contexts("x86_64", "int none;\n").is_empty());
    assert!(contexts("x86_64", "struct syscall_tp_t { int a[").is_empty());
    assert!(contexts("x86_64", "struct syscall_tp_t { struct nobody *a; odd_t b; }").is_empty());
}

#[test]
fn wires_the_system_calls_of_an_architecture() {
    let split = (
        "arch/x86/entry/syscalls/syscall_32.tbl",
        "1 i386 mark sys_mark\n2 amd64 close sys_close\n",
    );
    assert_eq!(
        entered(&[split], "i386"),
        ["mark(int fd, u32 mask_lo, u32 mask_hi, int dir)"]
    );
    let table = (
        "arch/x86/entry/syscalls/syscall_64.tbl",
        "1 common mark sys_mark\n2 64 close sys_close\n",
    );
    assert_eq!(entered(&[table], "x86_64"), ["close(unsigned int fd)"]);

    // Entry points with a prefix, as the architecture's own comparison skips it.
    let table = (
        "arch/x86/entry/syscalls/syscall_64.tbl",
        "1 common mark __x64_sys_mark\n2 64 close __x64_sys_close/ptregs\n3 64 renameat demo_renameat\n4 64 personality sys_personality\n",
    );
    let skips = (
        "arch/x86/include/asm/ftrace.h",
        "static inline bool arch_syscall_match_sym_name(const char *sym, const char *name)\n{\n\
         \treturn !strcmp(sym + 3, name + 3) ||\n\t\t(!strncmp(sym, \"__x64_\", 6) && !strcmp(sym + 9, name + 3)) ||\n\
         \t\t(!strncmp(sym, \"demo_\", 5) && !strcmp(sym + 5, name + 4));\n}\n",
    );
    let (close, others) = (
        "close(unsigned int fd)",
        ["personality(unsigned int p)", "renameat(int fd)"],
    );
    assert_eq!(entered(&[table, skips], "x86_64"), [&[close], &others[..]].concat());
    let stubs = (
        "arch/x86/entry/syscall_64.c",
        "#define __SYSCALL_64_QUAL_ptregs(sym) ptregs_##sym\n",
    );
    assert_eq!(entered(&[table, skips, stubs], "x86_64"), others);

    // Entry points of other names, which the architecture's own comparison maps back.
    let table = (
        "arch/arm/tools/syscall.tbl",
        "1 common statfs64 sys_statfs64_wrapper\n2 oabi close sys_close\n",
    );
    let same = (
        "arch/arm/include/asm/ftrace.h",
        "static inline bool arch_syscall_match_sym_name(const char *sym, const char *name)\n{\n\
         \tif (!strcmp(sym, \"sys_statfs64_wrapper\"))\n\t\tsym = \"sys_statfs64\";\n\treturn !strcasecmp(sym, name);\n}\n",
    );
    assert_eq!(entered(&[table, same], "arm"), ["statfs64(int fd, u32 n)"]);
    assert!(entered(&[table], "arm").is_empty());
}

#[test]
fn wires_what_an_architecture_takes_of_the_generic_table() {
    let source = (
        "arch/arm64/kernel/sys.c",
        "#include <asm/unistd.h>\n#define __arm64_sys_personality __arm64_sys_demo_personality\n",
    );
    let own = (
        "arch/arm64/include/uapi/asm/unistd.h",
        "#define __ARCH_WANT_PERSONALITY\n#include <asm-generic/unistd.h>\n",
    );
    let generic = (
        "include/uapi/asm-generic/unistd.h",
        "#include <asm/bitsperlong.h>\n#ifndef __SYSCALL\n#define __SYSCALL(x, y)\n#endif\n\
         #if __BITS_PER_LONG == 32\n#define __SC_3264(nr, a, b) __SYSCALL(nr, a)\n\
         #else\n#define __SC_3264(nr, a, b) __SYSCALL(nr, b)\n#endif\n\
         #ifdef __ARCH_WANT_PERSONALITY\n__SYSCALL(1, sys_personality)\n#endif\n\
         #ifdef __ARCH_WANT_RENAMEAT\n__SYSCALL(2, sys_renameat)\n#endif\n\
         __SC_3264(3, sys_statfs64, \\\n sys_close)\n",
    );
    let bits = (
        "arch/arm64/include/uapi/asm/bitsperlong.h",
        "#define __BITS_PER_LONG 64\n",
    );
    let expected = ["close(unsigned int fd)", "demo_personality(unsigned int p)"];
    assert_eq!(entered(&[source, own, generic, bits], "arm64"), expected);

    let list = (
        "scripts/syscall.tbl",
        "1 common personality sys_personality\n2 renameat renameat sys_renameat\n3 32 statfs64 sys_statfs64\n4 64 close sys_close\n",
    );
    assert_eq!(entered(&[source, list], "arm64"), expected);
    let makefile = (
        "arch/arm64/kernel/Makefile.syscalls",
        "syscall_abis_32 +=\nsyscall_abis_64 += renameat rlimit\n",
    );
    assert_eq!(entered(&[source, list, makefile], "arm64").len(), 3);
}

#[test]
fn stages_know_the_width_of_a_word() {
    let header = event("__field(u64, a)", r#""%s", __print_wide(__entry->a, { 1, "one" })"#);
    let mut files = files(&header);
    let printing = "#undef __print_wide\n#if BITS_PER_LONG == 32\n#define __print_wide(v, a...) ({ print64(v, a); })\n\
        #else\n#define __print_wide(v, a...) __print_symbolic(v, a)\n#endif\n#undef __entry";
    let stages = STAGES.replacen("#undef __entry", printing, 1);
    files.0.insert("include/trace/trace_events.h".to_owned(), stages);
    let events = "#include <asm/bitsperlong.h>\n\
        struct trace_entry { unsigned short type; unsigned char flags; unsigned char preempt_count; int pid; };\n";
    files
        .0
        .insert("include/linux/trace_events.h".to_owned(), events.to_owned());
    let bits = "#ifdef CONFIG_64BIT\n#define BITS_PER_LONG 64\n#else\n#define BITS_PER_LONG 32\n#endif\n";
    files
        .0
        .insert("include/asm-generic/bitsperlong.h".to_owned(), bits.to_owned());
    let args = |arch: &str| {
        let snapshot = read(&files, arch, None);
        snapshot.events[0]
            .print
            .as_ref()
            .map(|p| p.args.clone())
            .unwrap_or_default()
    };
    assert_eq!(args("i386"), r#"({ print64(REC->a, { 1, "one" }); })"#);
    assert_eq!(args("arm64"), r#"__print_symbolic(REC->a, { 1, "one" })"#);
}

#[test]
fn tells_tracepoints_and_their_arguments() {
    let header = format!(
        "DECLARE_TRACE(bare, TP_PROTO(struct task *p, const char __user *s, unsigned long flags), TP_ARGS(p, s, flags));\n\
         DECLARE_TRACE(odd, TP_PROTO(const unsigned n, u8 a[6], struct pair (*b)[DEAD], int (*f) (void *), struct pair *const c), TP_ARGS());\n\
         #ifdef DEFINE_EVENT_WRITABLE\n#define W DEFINE_EVENT_WRITABLE\n#else\n#define W(a, b, c, d, e) DEFINE_EVENT(a, b, PARAMS(c), d)\n#endif\n\
         DECLARE_TRACE(none, TP_PROTO(void), TP_ARGS());\n{}\n\
         W(one, wrote, TP_PROTO(struct pair *p__nullable), TP_ARGS(p), 8);\n",
        event("__field(int, a)", r#""""#)
    );
    let mut files = files(&header);
    files.0.insert(
        "kernel/bpf/btf.c".into(),
        "static const struct t raw_tp_null_args[] = {\n\t{ \"bare\", 0x1 | 0x20 },\n\t{\"one\", 0x0},\n};\n".into(),
    );
    let snapshot = read(&files, "x86_64", None);
    let lines: Vec<String> = snapshot
        .tracepoints
        .iter()
        .map(|t| {
            let args = t.args.iter().map(|a| {
                let nullable = if a.nullable == Some(true) { "?" } else { "" };
                let error = if a.error { "!" } else { "" };
                format!("{}{nullable}{error}: {}", a.name, a.r#type)
            });
            let args = args.collect::<Vec<_>>().join(", ");
            let bare = if t.bare { " bare" } else { "" };
            let writable = if t.writable { " writable" } else { "" };
            format!("{}({args}){bare}{writable}", t.name)
        })
        .collect();
    assert_eq!(
        lines,
        [
            "bare(p?: struct task *, s!: const char *, flags: unsigned long) bare",
            "none() bare",
            "odd(n: unsigned int, a: u8 *, b: struct pair (*)[5], f: int (*)(void *), c: struct pair *) bare",
            "one(a: int)",
            "wrote(p__nullable?: struct pair *) writable"
        ]
    );
}

#[test]
fn says_that_the_table_of_system_calls_is_missing() {
    let mut files = files(&event("__field(int, a)", r#""""#));
    for (path, text) in [
        ("kernel/core2.c", "SYSCALL_DEFINE1(close, unsigned int, fd)\n{ }\n"),
        ("kernel/trace/trace_syscalls.c", "int __syscall_nr;\n"),
    ] {
        files.0.insert(path.to_owned(), text.to_owned());
    }
    let codes = |files: &Memory| -> Vec<&str> { read(files, "x86_64", None).problems.iter().map(|p| p.code).collect() };
    assert_eq!(codes(&files), ["no-syscall-table"]);
    let path = "arch/x86/entry/syscalls/syscall_64.tbl".to_owned();
    files.0.insert(path, "1 common close sys_close\n".to_owned());
    assert!(codes(&files).is_empty());
}

#[test]
fn a_tree_without_all_its_directories_knows_no_existence() {
    let mut files = files(&event("__field(int, a)", r#""""#));
    assert!(read(&files, "x86_64", None).knows.existence);
    let makefile = files.0.get_mut("Makefile").expect("the top Makefile");
    makefile.push_str("core-$(CONFIG_BLOCK) += block/\n");
    let snapshot = read(&files, "x86_64", None);
    let messages: Vec<&str> = snapshot.problems.iter().map(|p| p.message.as_str()).collect();
    assert_eq!(
        messages,
        ["the makefiles build 'block/', which is not there: its events are missing"]
    );
    assert!(!snapshot.knows.existence);
    files.0.insert("block/Makefile".to_owned(), String::new());
    assert!(read(&files, "x86_64", None).knows.existence);
}

#[test]
fn the_common_header_is_the_trees_own() {
    let mut files = files(&event("__field(int, a)", r#""""#));
    let entry = "struct trace_entry { unsigned short type; unsigned char flags; unsigned char preempt_count; int pid; unsigned char lazy; };\n";
    files
        .0
        .insert("include/linux/trace_events.h".to_owned(), entry.to_owned());
    let snapshot = read(&files, "x86_64", None);
    assert_eq!(
        snapshot.common_fields.last().map(|f| (f.name.as_str(), f.offset)),
        Some(("common_lazy", Some(8)))
    );
    assert_eq!(spelled(&snapshot.events[0]), r#"demo:one {int a@12+4s} "", "#);
}

#[test]
fn a_bracket_that_is_not_closed_is_a_problem() {
    let one = event("__field(int, a)", r#""""#);
    let header = format!("TRACE_EVENT(two,\n\tTP_PROTO(int a,\n\tTP_ARGS(a));\n{one}");
    let snapshot = read(&files(&header), "x86_64", None);
    let problems: Vec<_> = snapshot.problems.iter().map(|p| (p.code, p.line)).collect();
    assert_eq!(problems, [("unclosed-bracket", Some(6))]);
}

#[test]
fn counts_what_it_does_not_understand() {
    let snapshot = read(
        &files(&event("__field(int, a) __mystery(int, b)", r#""""#)),
        "x86_64",
        None,
    );
    let problems: Vec<(&str, Option<&str>, Option<u32>)> = snapshot
        .problems
        .iter()
        .map(|p| (p.code, p.file.as_deref(), p.line))
        .collect();
    assert!(
        problems.iter().any(|(code, file, line)| *code == "unknown-field-macro"
            && *file == Some("include/trace/events/demo.h")
            && *line == Some(6)),
        "{problems:?}"
    );
}

/// Types whose layout the compiler of this machine is asked for, too.
const LAYOUTS: &str = r"
struct t0 { u8 a; u16 b; u32 c; u64 d; };
struct t1 { u8 a : 3; u8 b : 6; u32 c : 30; u32 d : 3; };
struct t2 { u32 a : 4; u8 b; u16 c : 9; };
struct t3 { u64 a : 40; u32 b : 30; } __attribute__((packed));
struct t4 { u8 a; u64 b __attribute__((aligned(32))); };
struct t5 { u8 a; struct { u16 b; union { u8 c; u64 d; }; }; };
struct t6 { u8 a; u32 b __attribute__((packed)); u16 c; };
struct t7 { u8 a[3]; struct t0 b[2]; } __attribute__((aligned(16)));
struct t8 { int : 0; u8 a; int : 0; u8 b; };
struct t9 { u8 n; u16 tail[]; };
struct t10 { void (*f)(int, char *); u8 a; enum state s; enum small t; };
union t11 { u8 a[9]; u32 b; } __attribute__((packed));
struct t12 { long a; short b; char c; bool d; s64 e; };
struct t13 { u8 a[sizeof(struct t0) + 1]; u32 b[(1 << 2) | 1]; };
struct t15 { u8 a; u64 b : 20, c : 30; u32 d; u64 e : 40; };
struct t16 { u8 a; u32:9; u32 b:1; u8 c; u32:0; u8 d; };
struct t14 { struct { u8 a; } __attribute__((packed)) x; u32 y : 1, z : 31; u8 w; };
";

/// An event for each type of [`LAYOUTS`], with a byte before the type.
fn layouts(arch: &str) -> (Vec<String>, Vec<(i64, i64)>) {
    let names: Vec<String> = (0..17)
        .map(|i| format!("{} t{i}", if i == 11 { "union" } else { "struct" }))
        .collect();
    let mut header = String::new();
    for (i, name) in names.iter().enumerate() {
        writeln!(
            header,
            "TRACE_EVENT(e{i:02}, TP_PROTO(int a), TP_ARGS(a), TP_STRUCT__entry(__field(u8, pad) __field({name}, t)), \
             TP_fast_assign(), TP_printk(\"\"));"
        )
        .unwrap();
    }
    let mut files = files(&header);
    files
        .0
        .insert("include/linux/types.h".to_owned(), format!("{TYPES}{LAYOUTS}"));
    let snapshot = read(&files, arch, None);
    let number = |n: Option<u32>| n.map_or(-1, i64::from);
    let places = snapshot.events.iter().map(|e| e.fields.last().expect("two fields"));
    (names, places.map(|f| (number(f.offset), number(f.size))).collect())
}

#[test]
fn layouts_agree_with_gcc_for_i386() {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        eprintln!("skipped: only gcc on x86_64 is asked");
        return;
    }
    let (names, places) = layouts("i386");
    let mut text = TYPES.replace("#define __user", "").replace("typedef int pid_t;", "") + LAYOUTS;
    for (i, (name, (offset, size))) in names.iter().zip(places).enumerate() {
        writeln!(
            text,
            "struct w{i} {{ char e[8]; char pad; {name} t; }};\n\
             _Static_assert(__builtin_offsetof(struct w{i}, t) == {offset} && sizeof({name}) == {size}, \"{name}\");"
        )
        .unwrap();
    }
    let path = std::env::temp_dir().join(format!("tpabi-gcc-m32-{}.c", std::process::id()));
    std::fs::write(&path, text).expect("a writable directory");
    let built = std::process::Command::new("gcc")
        .args(["-m32", "-w", "-fsyntax-only"])
        .arg(&path)
        .output();
    std::fs::remove_file(&path).expect("a file to remove");
    let Ok(output) = built else {
        eprintln!("skipped: gcc is not there");
        return;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn layouts_agree_with_gcc() {
    if !cfg!(all(target_arch = "x86_64", target_os = "linux")) {
        eprintln!("skipped: only gcc on x86_64 is asked");
        return;
    }
    let names: Vec<String> = (0..17)
        .map(|i| format!("{} t{i}", if i == 11 { "union" } else { "struct" }))
        .collect();
    let (mut lines, mut main) = (String::new(), String::new());
    for (i, name) in names.iter().enumerate() {
        writeln!(lines, "struct w{i} {{ char e[8]; u8 pad; {name} t; }};").unwrap();
        writeln!(
            lines,
            "unsigned long r{i}[] = {{ __builtin_offsetof(struct w{i}, t), sizeof({name}) }};"
        )
        .unwrap();
        writeln!(main, "printf(\"%lu %lu\\n\", r{i}[0], r{i}[1]);").unwrap();
    }
    let text = format!(
        "#include <stdio.h>\n{}{LAYOUTS}{lines}int main(void) {{ {main} return 0; }}\n",
        TYPES.replace("#define __user", "")
    );
    let text = text.replace("typedef int pid_t;", "");
    let dir = std::env::temp_dir().join(format!("tpabi-gcc-{}", std::process::id()));
    std::fs::create_dir_all(&dir).expect("a temporary directory");
    let (source, program) = (dir.join("layout.c"), dir.join("layout"));
    std::fs::write(&source, text).expect("a writable directory");
    let built = std::process::Command::new("gcc")
        .arg("-w")
        .arg("-o")
        .arg(&program)
        .arg(&source)
        .status();
    let Ok(status) = built else {
        eprintln!("skipped: gcc is not there");
        return;
    };
    assert!(status.success(), "gcc refuses the types");
    let output = std::process::Command::new(&program)
        .output()
        .expect("a program that runs");
    std::fs::remove_dir_all(&dir).expect("a directory to remove");
    let expected = String::from_utf8(output.stdout).expect("digits");
    let mut header = String::new();
    for (i, name) in names.iter().enumerate() {
        writeln!(
            header,
            "TRACE_EVENT(e{i:02}, TP_PROTO(int a), TP_ARGS(a), TP_STRUCT__entry(__field(u8, pad) __field({name}, t)), \
             TP_fast_assign(), TP_printk(\"\"));"
        )
        .unwrap();
    }
    let mut files = files(&header);
    let types = format!("{TYPES}{LAYOUTS}");
    files.0.insert("include/linux/types.h".to_owned(), types);
    let snapshot = read(&files, "x86_64", None);
    let got: Vec<String> = snapshot
        .events
        .iter()
        .map(|e| {
            let field = e.fields.last().expect("two fields");
            format!(
                "{} {}",
                field.offset.map_or(-1, i64::from),
                field.size.map_or(-1, i64::from)
            )
        })
        .collect();
    assert_eq!(got, expected.lines().collect::<Vec<_>>(), "{:?}", snapshot.problems);
}

#[test]
fn spells_array_lengths_as_the_kernel_prints_them() {
    let header = event(
        "__array(char, comm, COMM_LEN) __array(u32, b, DEAD) __array(u8, a, sizeof(struct pair))",
        r#""x""#,
    );
    // Before the field description had `.len`, an enum constant or a sizeof stood in the format file.
    let mut old = files(&header);
    for text in old.0.values_mut() {
        *text = text.replace(", .len = count }", " }");
    }
    let types = |files: &kernel::Memory| {
        let snapshot = read(files, "x86_64", None);
        snapshot.events[0]
            .fields
            .iter()
            .map(|f| f.r#type.clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(types(&files(&header)), ["char[16]", "u32[5]", "u8[8]"]);
    assert_eq!(types(&old), ["char[16]", "u32[DEAD]", "u8[sizeof(struct pair)]"]);
}

#[test]
fn takes_what_an_option_switches_on_without_a_configuration() {
    let stubs = "#ifdef CONFIG_EXTRA\n#define MY_EVENT TRACE_EVENT\n#else\n#define MY_EVENT(...)\n#endif\n";
    let header = format!(
        "{stubs}{}",
        event("__field(int, a)", r#""x""#).replace("TRACE_EVENT(", "MY_EVENT(")
    );
    check(&header, &["demo:one {int a@8+4s} \"x\", "]);
    let without = read(&files(&header), "x86_64", Some("# CONFIG_EXTRA is not set\n"));
    assert!(without.events.is_empty(), "{:?}", without.events);
}

#[test]
fn tells_what_names_in_tables_stand_for() {
    let header = event(
        "__field(int, a)",
        r#""%s %s", __print_symbolic(__entry->a, { SLEEPING, "S" }, { DEAD | 0x10, "D" }, { 99, "S" }, { -SLEEPING, NULL }), __print_flags(__entry->a, "|", { 1, "one" })"#,
    );
    let snapshot = read(&files(&header), "x86_64", None);
    let print = snapshot.events[0].print.as_ref().expect("a print format");
    let tables: Vec<(&str, Vec<(&str, i64)>)> = print
        .symbols
        .iter()
        .map(|(e, t)| (e.as_str(), t.iter().map(|(l, v)| (l.as_str(), *v)).collect()))
        .collect();
    assert_eq!(tables, [("REC->a", vec![("D", 21), ("S", 4)])]);
    assert_eq!(
        snapshot.enums.iter().map(|(n, v)| (n.as_str(), *v)).collect::<Vec<_>>(),
        [("DEAD", 5), ("SLEEPING", 4)]
    );
}

#[test]
fn survives_chains_without_end() {
    let mut types = TYPES.to_owned();
    for i in 0..20_000 {
        // Each asks for the next: constants, conditions, typedefs, macros.
        writeln!(types, "enum e{i} {{ C{i} = C{} + 1 }};", i + 1).unwrap();
        writeln!(types, "#if defined(D{})\n#define D{i} 1\n#endif", i + 1).unwrap();
        writeln!(types, "typedef t{}_t t{i}_t;", i + 1).unwrap();
        writeln!(types, "#define M{i} M{}", i + 1).unwrap();
    }
    let header = event(
        "__array(int, a, C0)\n#ifdef D0\n__field(int, d)\n#endif\n__field(t0_t, t) __array(int, m, M0)",
        r#""%d", M0"#,
    );
    let mut files = files(&header);
    files.0.insert("include/linux/types.h".to_owned(), types);
    let snapshot = read(&files, "x86_64", None);
    assert_eq!(snapshot.events.len(), 1);
    assert!(!snapshot.problems.is_empty());
}

#[test]
fn survives_what_nests_without_end() {
    let nested = |open: &str, inner: &str, close: &str| open.repeat(5000) + inner + &close.repeat(5000);
    let types = [
        "#include <linux/types.h>\n#include <linux/itself.h>\n".to_owned(),
        nested("#if defined(CONFIG_X)\n", "typedef int deep_t;\n", "#endif\n"),
        nested("struct {", "int a;", "};") + "\nstruct deep " + &nested("{ struct ", "{ int a; }", "; }") + ";",
        format!("#define DEEP {}", nested("(", "1", ")")),
        "#define TWICE(x) x x\n".to_owned(),
    ];
    let headers = [
        event("__field(int, a) __field(deep_t, b)", r#""%d", REC->a"#),
        event("__field(int, a) __field(struct deep, b)", r#""%d", REC->a"#),
        event("__field(int, a) __array(int, b, DEEP)", r#""%d", REC->a"#),
        event(
            &format!("__field(int, a) __array(int, b, {})", nested("TWICE(", "1", ")")),
            r#""%d", REC->a"#,
        ),
        event("__field(int, a)", &format!(r#""%d", {}"#, nested("(", "REC->a", ")"))),
        nested(
            "#ifdef CONFIG_X\n",
            &event("__field(int, a)", r#""%d", REC->a"#),
            "\n#endif\n",
        ),
    ];
    for header in headers {
        let mut files = files(&header);
        files
            .0
            .insert("include/linux/types.h".to_owned(), TYPES.to_owned() + &types.join("\n"));
        files.0.insert(
            "include/linux/itself.h".to_owned(),
            "#include <linux/itself.h>\n".to_owned(),
        );
        let snapshot = read(&files, "x86_64", None);
        assert!(
            snapshot.events.len() == 1 || !snapshot.problems.is_empty(),
            "{}",
            &header[..80]
        );
    }
}
