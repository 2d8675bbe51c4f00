//! What programs of a few lines rely on, one line for each program and each use.

use rustc_hash::FxHashMap;

use super::guards::guard;
use super::*;

fn told(request: &Request) -> Vec<String> {
    lines(&read_bpf_c(request))
}

fn lines(facts: &Facts) -> Vec<String> {
    let mut out = Vec::new();
    for program in &facts.programs {
        let section = &program.section;
        let system = section
            .system
            .as_deref()
            .map_or(String::new(), |system| format!("{system}:"));
        let guards = spelled(&program.guards);
        out.push(format!(
            "{}@{} {:?} {system}{}{guards}",
            program.name, program.line, section.attach, section.event
        ));
        for found in &program.uses {
            let what = match &found.subject {
                Subject::Field { name } => format!("field {name}"),
                Subject::Bytes { offset, size, name } => {
                    format!("bytes {offset}+{size} {}", name.as_deref().unwrap_or("-"))
                }
                Subject::Member { of, name } => format!("member {of}.{name}"),
                Subject::Argument { index, name, ty } => {
                    format!(
                        "arg {index} {} {}",
                        name.as_deref().unwrap_or("-"),
                        ty.as_deref().unwrap_or("-")
                    )
                }
            };
            let file = found.file.as_deref().map_or(String::new(), |file| format!("{file}:"));
            out.push(format!("  {what} @{file}{}{}", found.line, spelled(&found.guards)));
        }
    }
    let gaps = facts.not_understood.iter();
    out.extend(gaps.map(|gap| format!("? {} `{}` {}", gap.line, gap.text, gap.reason)));
    out
}

fn spelled(guards: &[Guard]) -> String {
    let one = |guard: &Guard| {
        let not = if guard.negated { "not " } else { "" };
        let what = guard.range.as_ref().or(guard.subject.as_ref()).unwrap_or(&guard.text);
        format!(" [{not}{:?} {what}]", guard.kind)
    };
    guards.iter().map(one).collect()
}

fn request(text: &str) -> Request {
    Request {
        file: "a.bpf.c".to_owned(),
        texts: FxHashMap::from_iter([("a.bpf.c".to_owned(), text.to_owned())]),
        includes: Vec::new(),
        attached: Vec::new(),
        loader_sets: FxHashMap::default(),
    }
}

/// Programs, and what is told of them.
const PROGRAMS: &[(&str, &[&str])] = &[
    // CO-RE, by name.
    (
        "SEC(\"tp/sched/sched_switch\")\nint f(struct trace_event_raw_sched_switch *ctx)\n{\n  return ctx->prev_pid + BPF_CORE_READ(ctx, next_pid) + ctx->ent.pid;\n}",
        &[
            "f@1 Tp sched:sched_switch",
            "  member trace_event_raw_sched_switch.prev_pid @4",
            "  member trace_event_raw_sched_switch.next_pid @4",
        ],
    ),
    (
        "SEC(\"?tracepoint/a/b\") int f(struct trace_event_raw_b *ctx) { int x; bpf_core_read(&x, sizeof(x), &ctx->y); BPF_CORE_READ_INTO(&x, ctx, z); bpf_probe_read_str(&x, sizeof(x), (void *)ctx + (ctx->__data_loc_name & 0xffff)); return 0; }",
        &[
            "f@1 Tp a:b [Optional SEC(\"?tracepoint/a/b\")]",
            "  member trace_event_raw_b.y @1",
            "  member trace_event_raw_b.z @1",
            "  member trace_event_raw_b.__data_loc_name @1",
        ],
    ),
    // System calls: the arguments are one member.
    (
        "SEC(\"tp/syscalls/sys_enter_open\") int f(struct trace_event_raw_sys_enter *ctx) { char *p = (char *)ctx->args[0]; return ctx->id; }",
        &[
            "f@1 Tp syscalls:sys_enter_open",
            "  member trace_event_raw_sys_enter.args @1",
            "  member trace_event_raw_sys_enter.id @1",
        ],
    ),
    // Hand-written structs, at offsets.
    (
        "struct s { u64 pad; char comm[TASK_COMM_LEN]; pid_t pid; struct { short a; __u64 b[2]; } in; };\nSEC(\"tp/a/b\") int f(struct s *ctx) { return ctx->pid + ctx->in.b[1] + ctx->comm[0]; }",
        &[
            "f@2 Tp a:b",
            "  bytes 24+4 pid @2",
            "  bytes 48+8 in.b @2",
            "  bytes 8+1 comm @2",
        ],
    ),
    (
        "typedef struct { unsigned char skip[24]; int x; union { u8 lo; u32 all; }; } c_t;\nSEC(\"tp/a/b\") int f(c_t *ctx) { return ctx->x + ctx->all; }",
        &["f@2 Tp a:b", "  bytes 24+4 x @2", "  bytes 28+4 all @2"],
    ),
    (
        "struct s { struct trace_entry ent; __u32 x:3; __u32 y:5; } __attribute__((packed));\nSEC(\"tp/a/b\") int f(struct s *ctx) { return ctx->y + *(u32 *)((void *)ctx + 12); }",
        &["f@2 Tp a:b", "  bytes 8+4 y @2", "  bytes 12+4 - @2"],
    ),
    (
        "struct s { u64 h; mystery_t x; };\nSEC(\"tp/a/b\") int f(struct s *ctx) { return ctx->x; }\nSEC(\"tp/a/c\") int g(struct unknown *ctx) { return ctx->x; }",
        &[
            "f@2 Tp a:b",
            "g@3 Tp a:c",
            "? 2 `ctx->x` no definition of type 'mystery_t' was found",
            "? 3 `ctx->x` no definition of struct 'unknown' was found",
        ],
    ),
    (
        "struct s { u64 h;\n#ifdef RT\nu32 pad;\n#endif\nint x; };\nSEC(\"tp/a/b\") int f(struct s *ctx) { return ctx->x + ctx->h; }",
        &[
            "f@6 Tp a:b",
            "  bytes 8+4 x @6 [not Ifdef #if in struct s]",
            "  bytes 0+8 h @6 [not Ifdef #if in struct s]",
        ],
    ),
    (
        "struct s { u64 h; int x; };\nSEC(\"tp/a/b\") int f(void *ctx) { struct s copy = {}; bpf_probe_read(&copy, sizeof(copy), ctx); u32 y; bpf_probe_read(&y, sizeof(y), (char *)ctx + sizeof(u64)); return copy.x; }",
        &["f@2 Tp a:b", "  bytes 8+4 - @2", "  bytes 8+4 x @2"],
    ),
    // A struct of the tool's own that CO-RE relocates.
    (
        "struct trace_event_raw_b___new { int x; } __attribute__((preserve_access_index));\nSEC(\"tp/a/b\") int f(void *ctx) { struct trace_event_raw_b___new *n = ctx; if (bpf_core_field_exists(n->x)) return n->x; return ((struct trace_event_raw_b *)ctx)->y; }",
        &[
            "f@2 Tp a:b",
            "  member trace_event_raw_b.x @2 [Field trace_event_raw_b.x]",
            "  member trace_event_raw_b.y @2 [not Field trace_event_raw_b.x]",
        ],
    ),
    // A name means what the block around it declares.
    (
        "SEC(\"tp/a/b\") int f(void *ctx) { if (n) { struct trace_event_raw_b___x *x = ctx; g(x->sector); } else { struct trace_event_raw_c *x = ctx; g(x->dev); } return 0; }",
        &[
            "f@1 Tp a:b",
            "  member trace_event_raw_b.sector @1",
            "  member trace_event_raw_c.dev @1",
        ],
    ),
    (
        "SEC(\"tp/a/b\") int f(struct trace_event_raw_b *ctx) { struct trace_event_raw_b *x = ctx; for (struct own *ctx = g(); ctx; ) { ctx->mine++; } { struct own *x = g(), *y; x->mine = y->mine; } return x->after + ctx->end; }",
        &[
            "f@1 Tp a:b",
            "  member trace_event_raw_b.after @1",
            "  member trace_event_raw_b.end @1",
        ],
    ),
    (
        "SEC(\"tp/a/b\") int f(void *ctx) { { struct trace_event_raw_b *x = ctx; if (bpf_core_field_exists(x->f)) return x->f; } { struct trace_event_raw_c *x = ctx; return x->g; } }",
        &[
            "f@1 Tp a:b",
            "  member trace_event_raw_b.f @1 [Field trace_event_raw_b.f]",
            "  member trace_event_raw_c.g @1",
        ],
    ),
    // Arguments by position.
    (
        "SEC(\"tp_btf/sched_switch\")\nint BPF_PROG(f, bool preempt, struct task_struct *prev, struct task_struct *next)\n{ return BPF_CORE_READ(next, pid) + helper(prev); }",
        &[
            "f@1 TpBtf sched_switch",
            "  arg 2 next struct task_struct * @3",
            "  arg 1 prev struct task_struct * @3",
        ],
    ),
    (
        "SEC(\"raw_tracepoint/x\") int f(struct bpf_raw_tracepoint_args *ctx) { struct task_struct *p = (struct task_struct *)ctx->args[1]; return ctx->args[n]; }",
        &[
            "f@1 RawTp x",
            "  arg 1 p struct task_struct * @1",
            "? 1 `ctx->args[n]` which argument is read is not known",
        ],
    ),
    (
        "SEC(\"raw_tp.w/x\") int f(u64 *ctx) { long id = ctx[1]; return *ctx; }",
        &["f@1 RawTp x", "  arg 1 id long @1", "  arg 0 - - @1"],
    ),
    // The context goes through functions.
    (
        "static int deep(struct s *c, int n) { return c->x; }\nstatic __always_inline int g(void *p) { return deep(p, 1) + lost(p); }\nstruct s { u64 h; int x; };\nSEC(\"tp/a/b\") int f(void *ctx) { return g(ctx); }",
        &[
            "f@4 Tp a:b",
            "  bytes 8+4 x @1",
            "? 2 `lost(p)` the context is passed to 'lost', whose body was not found",
        ],
    ),
    // Macros make sections, and whole programs.
    (
        "#define TP(n) SEC(\"tp/syscalls/sys_enter_\" #n) int n##_in(struct trace_event_raw_sys_enter *ctx) { return ctx->args[0]; }\nTP(open)\n\nTP(close)",
        &[
            "open_in@2 Tp syscalls:sys_enter_open",
            "  member trace_event_raw_sys_enter.args @2",
            "close_in@4 Tp syscalls:sys_enter_close",
            "  member trace_event_raw_sys_enter.args @4",
        ],
    ),
    (
        "SEC(NAME) int f(void *ctx) { return 0; }\nSEC(\"raw_tp\") int g(void *ctx) { return 0; }\nSEC(\"kprobe/\" X) int h(void *ctx) { return 0; }\nint m SEC(\".maps\");",
        &[
            "? 1 `SEC(NAME)` the section's name is not known here",
            "? 2 `raw_tp` the section names no event; it is chosen when the program is attached",
        ],
    ),
    // The tool's own macro of that name is what it says.
    (
        "#define TP_DATA_LOC_READ_STR(dst, field, n) bpf_probe_read_str(dst, n, (void *)ctx + (ctx->__data_loc_##field & 0xffff))\nSEC(\"tp/a/b\") int f(struct trace_event_raw_b *ctx) { char c[4]; TP_DATA_LOC_READ_STR(c, name, 4); return 0; }\nSEC(\"tp/a/c\") int g(struct trace_event_raw_c *ctx) { char c[4]; TP_DATA_LOC_READ(c, name); return 0; }",
        &[
            "f@2 Tp a:b",
            "  member trace_event_raw_b.__data_loc_name @2",
            "g@3 Tp a:c",
            "? 3 `TP_DATA_LOC_READ(c, name)` the macro reads a variable 'args', which is not the context here",
        ],
    ),
    // Macros of bcc.
    (
        "TRACEPOINT_PROBE(block, block_rq_issue) { char c[4]; TP_DATA_LOC_READ_CONST(c, name, 4); return args->bytes + args->data_loc_cmd; }\nRAW_TRACEPOINT_PROBE(sched_wakeup) { struct task_struct *p = (struct task_struct *)ctx->args[0]; return 0; }",
        &[
            "tracepoint__block__block_rq_issue@1 Tp block:block_rq_issue",
            "  field data_loc_name @1",
            "  field bytes @1",
            "  field data_loc_cmd @1",
            "raw_tracepoint__sched_wakeup@2 RawTp sched_wakeup",
            "  arg 0 p struct task_struct * @2",
        ],
    ),
];

#[test]
fn reads_programs() {
    for (text, want) in PROGRAMS {
        assert_eq!(&told(&request(text)), want, "{text}");
    }
}

#[test]
fn understands_guards() {
    let program = |body: &str| format!("SEC(\"tp_btf/e\") int BPF_PROG(f, struct x *a) {{ {body} }}");
    let cases: &[(&str, &[&str])] = &[
        (
            "if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 11, 0)) g(a);",
            &["[Version >=5.11.0]"],
        ),
        (
            "if (KERNEL_VERSION(5, 8, 0) > LINUX_KERNEL_VERSION) return 0; g(a);",
            &["[not Version <5.8.0]"],
        ),
        (
            "if (LINUX_VERSION_CODE < 0x050300) { } else { g(a); }",
            &["[not Version <5.3.0]"],
        ),
        ("return bpf_core_type_exists(struct y___v2) ? g(a) : 0;", &["[Type y]"]),
        (
            "if (!bpf_core_field_exists(struct y___v2, m)) { return 0; } g(a);",
            &["[Field y.m]"],
        ),
        (
            "if (bpf_core_field_exists(((struct y *)0)->m) && g(a)) ;",
            &["[Field y.m]"],
        ),
        ("if (bpf_core_enum_value_exists(enum e___x, V)) g(a);", &["[Type e.V]"]),
        ("if (x || bpf_core_type_exists(struct y)) g(a);", &[""]),
        (
            "if (x && bpf_core_type_exists(struct y)) g(a); else g(a);",
            &["[Type y]", ""],
        ),
        (
            "\n#if LINUX_VERSION_CODE >= KERNEL_VERSION(5,3,0)\ng(a);\n#else\nh(a);\n#endif\n",
            &["[Version >=5.3.0]", "[not Version >=5.3.0]"],
        ),
        ("\n#ifdef OLD\ng(a);\n#endif\n", &["[Ifdef OLD]"]),
        ("\n#define OLD 1\n#ifdef OLD\ng(a);\n#else\nh(a);\n#endif\n", &[""]),
    ];
    for (body, want) in cases {
        let facts = read_bpf_c(&request(&program(body)));
        let got: Vec<String> = facts.programs[0]
            .uses
            .iter()
            .map(|u| spelled(&u.guards).trim().to_owned())
            .collect();
        assert_eq!(&got, want, "{body}");
    }
}

#[test]
fn a_function_answers_for_the_guard_in_it() {
    let text = "static bool has_new(void) { if (bpf_core_type_exists(struct y)) return true; return false; }
SEC(\"raw_tp/e\") int f(u64 *ctx) { if (has_new()) return ctx[0]; return ctx[1]; }";
    let want = ["f@2 RawTp e", "  arg 0 - - @2 [Type y]", "  arg 1 - - @2 [not Type y]"];
    assert_eq!(told(&request(text)), want);
}

#[test]
fn a_variable_that_the_loader_sets_is_a_guard() {
    let mut request = request(
        "const volatile bool has_new = false;
SEC(\"raw_tp/e\") int f(u64 *ctx) { if (!has_new) return ctx[1]; return has_new && other ? ctx[0] : 0; }",
    );
    let asked = guard(GuardKind::Event, "tracepoint_exists(..)", 0, true);
    request.loader_sets.insert("has_new".to_owned(), asked);
    let event = "Event tracepoint_exists(..)";
    let want = [
        "f@2 RawTp e".to_owned(),
        format!("  arg 1 - - @2 [not {event}]"),
        format!("  arg 0 - - @2 [{event}]"),
    ];
    assert_eq!(told(&request), want);
}

#[test]
fn headers_give_types_macros_and_functions() {
    let mut request =
        request("#include \"../c.h\"\n#include <vmlinux.h>\nTP(x) int f(struct s *ctx) { return h(ctx); }");
    let header = "#ifndef C_H\n#define C_H\n#define TP(n) SEC(\"tp/a/\" #n)\nstruct s { u64 pad; int x; };\nstatic int h(struct s *c) { return c->x; }\n#endif";
    request.texts.insert("inc/c.h".to_owned(), header.to_owned());
    request
        .includes
        .push(("a.bpf.c".to_owned(), "../c.h".to_owned(), "inc/c.h".to_owned()));
    assert_eq!(told(&request), ["f@3 Tp a:x", "  bytes 8+4 x @inc/c.h:5"]);
}

#[test]
fn what_attaches_a_function_may_stand_elsewhere() {
    let mut request = request("struct s { u64 pad; int x; }; int f(struct s *args) { return args->x; }");
    request.attached.push(source::Attached {
        function: "f".to_owned(),
        section: Section {
            attach: Attach::Tp,
            system: Some("a".to_owned()),
            event: "b".to_owned(),
        },
    });
    assert_eq!(told(&request), ["f@1 Tp a:b", "  bytes 8+4 x @1"]);
}

/// Compiled from `programs.bpf.c` beside it.
const OBJECT: &[u8] = include_bytes!("../../../../test/fixtures/bpf/programs.bpf.o");

const OF_OBJECT: &[&str] = &[
    "reads_own@0 Tp a:own",
    "  bytes 12+4 - @0",
    "  bytes 8+4 - @0",
    "  bytes 32+8 - @0",
    "reads_core@0 Tp a:core",
    "  member trace_event_raw_core.a @0",
    "  member trace_event_raw_core.added @0 [Field trace_event_raw_core.added]",
    "  member trace_event_raw_core.b @0 [not Field trace_event_raw_core.added]",
    "  member trace_event_raw_core.c @0 [Version >=5.14.0]",
    "  member trace_event_raw_core.d @0 [Type trace_event_raw_core]",
    "reads_raw@0 RawTp raw",
    "  arg 1 - - @0",
    "  arg 3 - - @0",
    "reads_typed@0 TpBtf typed [Optional SEC(\"?tp_btf/typed\")]",
    "  arg 0 - - @0",
    "? 0 `tp_btf` the section names no event; it is chosen when the program is attached",
];

#[test]
fn reads_compiled_objects() {
    assert_eq!(lines(&read_bpf_objects(OBJECT)), OF_OBJECT);
}

#[test]
fn finds_objects_within_other_files() {
    let program = [b"\x7fELF\x02\x01 a program".as_slice(), &[0; 100], OBJECT, &[0; 50]].concat();
    let spelled = |byte: &dyn Fn(&u8) -> String, bytes: &[u8]| bytes.iter().map(byte).collect::<Vec<_>>().concat();
    let octal = spelled(&|byte| format!("\\{byte:03o}"), OBJECT);
    let lines_of = OBJECT
        .chunks(16)
        .map(|line| spelled(&|byte| format!("\\x{byte:02x}"), line));
    let hex: Vec<String> = lines_of.map(|line| format!("\"{line}\"")).collect();
    let list: Vec<String> = OBJECT.iter().map(u8::to_string).collect();
    let octal = octal.replacen("\\177\\105\\114\\106", "\\177ELF", 1);
    let texts = [
        format!("s->data = (void *)\"{octal}\";"),
        format!("static const char d[] = {};", hex.join("\n\t")),
        format!("const DATA: &[u8] = &[{}];", list.join(", ")),
    ];
    assert_eq!(lines(&read_bpf_objects(&program)), OF_OBJECT);
    for text in texts {
        assert_eq!(lines(&read_bpf_objects(text.as_bytes())), OF_OBJECT, "{}", &text[..60]);
    }
}

/// Numbers that look random and are the same in each run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % end.max(1)
    }
}

#[test]
fn damaged_objects_do_no_harm() {
    let mut numbers = Numbers(1);
    for _ in 0..3000 {
        let mut bytes = OBJECT.to_vec();
        for _ in 0..=numbers.below(8) {
            let at = numbers.below(bytes.len());
            bytes[at] = numbers.below(256) as u8;
        }
        if numbers.below(4) == 0 {
            bytes.truncate(numbers.below(OBJECT.len()));
        }
        let facts = read_bpf_objects(&bytes);
        assert!(facts.programs.len() < 100);
    }
}

/// What C is made of.
const MARKS: &[u8] = b"(){}[]\"'#\\;,*&->\n/x0";

#[test]
fn damaged_source_does_no_harm() {
    let mut numbers = Numbers(2);
    let texts: Vec<&str> = PROGRAMS.iter().map(|(text, _)| *text).collect();
    let whole = texts.join("\n");
    for _ in 0..300 {
        let mut bytes = whole.clone().into_bytes();
        for _ in 0..=numbers.below(20) {
            let (from, to) = (numbers.below(bytes.len()), numbers.below(bytes.len()));
            match numbers.below(3) {
                0 => bytes[from] = MARKS[numbers.below(MARKS.len())],
                1 => drop(bytes.drain(from..(from + 20).min(whole.len() / 2).max(from))),
                _ => bytes.swap(from, to),
            }
        }
        let text = String::from_utf8_lossy(&bytes).into_owned();
        read_bpf_c(&request(&text));
    }
}

#[test]
fn deep_and_long_source_ends() {
    let cases = [
        "(".repeat(100_000),
        "SEC(\"tp/a/b\") int f(void *ctx) { return ".to_owned() + &"((void *)".repeat(10_000) + "ctx",
        "SEC(\"tp/a/b\") int f(void *ctx) ".to_owned() + &"{".repeat(50_000),
        "#define A(x) x x\n".to_owned()
            + "SEC(\"tp/a/b\") int f(void *ctx) { "
            + &"A(".repeat(60)
            + "ctx"
            + &")".repeat(60)
            + "; }",
        (0..2000).fold(String::new(), |text, n| {
            format!("{text}static int f{n}(void *c) {{ return f{}(c); }}\n", n + 1)
        }) + "SEC(\"tp/a/b\") int f(void *ctx) { return f0(ctx); }",
        "SEC(\"tp/a/b\") int f(struct trace_event_raw_b *ctx) { ".to_owned()
            + &"if (x) return 0; g = ctx->a; ".repeat(5_000)
            + "}",
    ];
    for text in cases {
        let start = std::time::Instant::now();
        read_bpf_c(&request(&text));
        let spent = start.elapsed().as_secs_f32();
        assert!(spent < 20.0, "{spent} s for {}", &text[..60]);
    }
}
