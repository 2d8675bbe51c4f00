//! Small hand-made blobs, whole and hostile, in both byte orders.

mod builder;
mod hostile;

use self::builder::{Builder, sample};
use super::blob::{Blob, Kind};
use super::spell::{spell, spell_parameter};
use super::{Collector, Constants, Facts, is_btf, is_split};
use crate::problem::Problem;
use crate::snapshot::{Class, FieldKind};

/// What blobs say that are read one after the other, each on top of the first.
fn facts(blobs: &[&[u8]]) -> Facts {
    let mut collector = Collector::default();
    let mut problems = Vec::new();
    let mut problem = |code: &'static str, message: String| problems.push((code, message));
    let base = Blob::parse(blobs[0], None, &mut problem);
    collector.read("vmlinux", &base);
    for bytes in &blobs[1..] {
        let blob = Blob::parse(bytes, Some(&base), &mut problem);
        collector.read("module", &blob);
    }
    for (code, message) in problems {
        collector.problem("vmlinux", code, message);
    }
    collector.finish()
}

fn codes(problems: &[Problem]) -> Vec<&str> {
    problems.iter().map(|problem| problem.code).collect()
}

/// `name(argument type argument name, ...)` of all tracepoints.
fn prototypes(facts: &Facts) -> Vec<String> {
    let shown = facts.tracepoints.iter().map(|tracepoint| {
        let args = tracepoint.args.iter().map(|arg| {
            let mark = if arg.nullable == Some(true) { " or NULL" } else { "" };
            format!("{} {}{mark}", arg.r#type, arg.name).trim_end().to_owned()
        });
        format!("{}({})", tracepoint.name, args.collect::<Vec<_>>().join(", "))
    });
    shown.collect()
}

fn members(class: &Class) -> Vec<String> {
    let shown = class.fields.iter().map(|field| {
        let place = format!("{:?} {:?}", field.offset, field.size)
            .replace("Some", "")
            .replace(['(', ')'], "");
        let sign = field
            .signed
            .map_or("?", |signed| if signed { "signed" } else { "unsigned" });
        let kind = if field.kind == FieldKind::Scalar {
            String::new()
        } else {
            format!(" {:?}", field.kind)
        };
        format!("{} {} at {place} {sign}{kind}", field.r#type, field.name)
    });
    shown.collect()
}

#[test]
fn reads_tracepoints_and_classes_in_both_byte_orders() {
    for big_endian in [false, true] {
        let (kernel, module) = sample(big_endian);
        assert!(is_btf(&kernel) && !is_split(&kernel) && is_split(&module));
        let facts = facts(&[&kernel, &module]);
        assert_eq!(codes(&facts.problems), Vec::<&str>::new(), "{:?}", facts.problems);
        let expected = [
            "task_wake(bool preempt, struct task_struct * p__nullable or NULL)",
            "task_sleep(bool, struct task_struct *)",
            "disk_add(const char *, unsigned short)",
        ];
        assert_eq!(prototypes(&facts), expected);
        let expected = [
            "char[16] comm at 8 16 unsigned Array",
            "pid_t pid at 24 4 signed",
            "enum task_state state at 28 4 unsigned",
            "__data_loc reason at 32 4 ? Dynamic",
        ];
        assert_eq!(members(&facts.classes[0]), expected);
        let expected = ["__rel_loc name at 8 4 ? Relative", "unsigned short id at 12 2 unsigned"];
        assert_eq!(members(&facts.classes[1]), expected);
        assert_eq!(facts.classes[1].size, Some(16));
        let names: Vec<&str> = facts.common_fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(
            names,
            ["common_type", "common_flags", "common_preempt_count", "common_pid"]
        );
    }
}

#[test]
fn the_fixtures_are_what_the_builder_writes() {
    let (kernel, module) = sample(false);
    assert_eq!(kernel, include_bytes!("../../../../test/fixtures/btf/vmlinux"));
    assert_eq!(module, include_bytes!("../../../../test/fixtures/btf/disk"));
}

#[test]
fn spells_types_as_source_does() {
    let mut b = Builder::new(false);
    let int = b.int("int", 4, true);
    let ulong = b.int("long unsigned int", 8, false);
    let float = b.add("float", Kind::Float, 0, false, 4, &[]);
    let page = b.record(Kind::Struct, "page", 8, &[]);
    let either = b.record(Kind::Union, "either", 8, &[]);
    let unnamed = b.record(Kind::Struct, "", 8, &[]);
    let mode = b.enumeration("mode", false, &[]);
    let wide = b.add("wide", Kind::Enum64, 0, false, 8, &[]);
    let forward = b.refer(Kind::Fwd, "file", 0);
    let union_forward = b.add("what", Kind::Fwd, 0, true, 0, &[]);
    let gfp = b.refer(Kind::Typedef, "gfp_t", ulong);
    let (int_ptr, page_ptr, void_ptr) = (b.ptr(int), b.ptr(page), b.ptr(0));
    let const_page = b.refer(Kind::Const, "", page);
    let const_page_ptr = b.ptr(const_page);
    let const_ptr = b.refer(Kind::Const, "", const_page_ptr);
    let ptr_to_const_ptr = b.ptr(const_ptr);
    let ptr_ptr = b.ptr(page_ptr);
    let const_int = b.refer(Kind::Const, "", int);
    let volatile = b.refer(Kind::Volatile, "", const_int);
    let volatile_ptr = b.ptr(volatile);
    let user = b.refer(Kind::TypeTag, "user", int);
    let user_ptr = b.ptr(user);
    let restricted = b.refer(Kind::Restrict, "", int_ptr);
    let matrix = b.array(int, 3);
    let matrix = b.array(matrix, 2);
    let matrix_ptr = b.ptr(matrix);
    let pointers = b.array(page_ptr, 4);
    let callback = b.proto(int, &[("", ulong), ("", page_ptr)]);
    let callback_ptr = b.ptr(callback);
    let nothing = b.proto(0, &[]);
    let nothing_ptr = b.ptr(nothing);
    let variadic = b.proto(0, &[("", int), ("", 0)]);
    let variadic_ptr = b.ptr(variadic);
    let callbacks = b.array(callback_ptr, 2);
    let function = b.refer(Kind::Func, "f", callback);
    let cases = [
        (int, Some("int"), Some("int")),
        (ulong, Some("unsigned long"), Some("unsigned long")),
        (float, Some("float"), Some("float")),
        (page, Some("struct page"), Some("struct page")),
        (either, Some("union either"), Some("union either")),
        (unnamed, Some("struct { ... }"), Some("struct { ... }")),
        (mode, Some("enum mode"), Some("enum mode")),
        (wide, Some("enum wide"), Some("enum wide")),
        (forward, Some("struct file"), Some("struct file")),
        (union_forward, Some("union what"), Some("union what")),
        (gfp, Some("gfp_t"), Some("gfp_t")),
        (void_ptr, Some("void *"), Some("void *")),
        (page_ptr, Some("struct page *"), Some("struct page *")),
        (const_page_ptr, Some("const struct page *"), Some("const struct page *")),
        (
            const_ptr,
            Some("const struct page * const"),
            Some("const struct page *"),
        ),
        (
            ptr_to_const_ptr,
            Some("const struct page * const *"),
            Some("const struct page * const *"),
        ),
        (ptr_ptr, Some("struct page **"), Some("struct page **")),
        (const_int, Some("const int"), Some("int")),
        (volatile_ptr, Some("const volatile int *"), Some("const volatile int *")),
        (user_ptr, Some("int *"), Some("int *")),
        (restricted, Some("int * restrict"), Some("int *")),
        (matrix, Some("int[2][3]"), Some("int (*)[3]")),
        (matrix_ptr, Some("int (*)[2][3]"), Some("int (*)[2][3]")),
        (pointers, Some("struct page *[4]"), Some("struct page **")),
        (
            callback_ptr,
            Some("int (*)(unsigned long, struct page *)"),
            Some("int (*)(unsigned long, struct page *)"),
        ),
        (nothing_ptr, Some("void (*)(void)"), Some("void (*)(void)")),
        (variadic_ptr, Some("void (*)(int, ...)"), Some("void (*)(int, ...)")),
        (
            callbacks,
            Some("int (*[2])(unsigned long, struct page *)"),
            Some("int (**)(unsigned long, struct page *)"),
        ),
        (function, None, None),
        (9999, None, None),
    ];
    let bytes = b.bytes();
    let blob = Blob::parse(&bytes, None, &mut |code, message| panic!("{code}: {message}"));
    for (id, text, parameter) in cases {
        let of = blob.get(id);
        assert_eq!(of.and_then(spell).as_deref(), text, "{id}");
        assert_eq!(
            of.and_then(spell_parameter).as_deref(),
            parameter,
            "{id} as a parameter"
        );
    }
}

#[test]
fn finds_the_values_that_are_asked_for() {
    let mut b = Builder::new(false);
    b.enumeration("", false, &[("LARGE", 0xffff_0000), ("SMALL", 1), ("TWICE", 1)]);
    let names = [b.text("WIDE"), b.text("NEGATIVE_WIDE"), b.text("HUGE")];
    b.add("", Kind::Enum64, 1, false, 8, &[names[0], 0, 1]);
    b.add("", Kind::Enum64, 1, true, 8, &[names[1], u32::MAX, u32::MAX]);
    b.add("", Kind::Enum64, 1, false, 8, &[names[2], 0, u32::MAX]);
    b.enumeration("", true, &[("NEGATIVE", u32::MAX), ("TWICE", 2), ("UNWANTED", 3)]);
    let bytes = b.bytes();
    let blob = Blob::parse(&bytes, None, &mut |code, message| panic!("{code}: {message}"));
    let wanted = [
        "LARGE",
        "SMALL",
        "TWICE",
        "WIDE",
        "NEGATIVE_WIDE",
        "HUGE",
        "NEGATIVE",
        "MISSING",
    ];
    let mut constants = Constants::of(wanted.map(str::to_owned));
    constants.read(&blob);
    let found: Vec<(String, i64)> = constants.finish().into_iter().collect();
    let expected = [
        ("LARGE", 0xffff_0000),
        ("NEGATIVE", -1),
        ("NEGATIVE_WIDE", -1),
        ("SMALL", 1),
        ("WIDE", 1 << 32),
    ];
    assert_eq!(found, expected.map(|(name, value)| (name.to_owned(), value)));
}

#[test]
fn a_large_value_may_be_negative_where_the_encoder_marks_no_sign() {
    let mut b = Builder::new(false);
    let of = b.enumeration("e", false, &[("MINUS_ONE", u32::MAX), ("ONE", 1)]);
    b.record(Kind::Struct, "trace_event_raw_e", 4, &[("e", of, 0)]);
    let bytes = b.bytes();
    let facts = facts(&[&bytes]);
    assert_eq!(members(&facts.classes[0]), ["enum e e at 0 4 ?"]);
    let blob = Blob::parse(&bytes, None, &mut |_, _| {});
    let mut constants = Constants::of(["MINUS_ONE".to_owned(), "ONE".to_owned()]);
    constants.read(&blob);
    assert_eq!(constants.finish().into_keys().collect::<Vec<_>>(), ["ONE"]);
}

#[test]
fn reads_members_in_bits_and_in_structs_without_a_name() {
    let mut b = Builder::new(false);
    let int = b.int("int", 4, true);
    let inner = b.record(Kind::Union, "", 8, &[("a", int, 0), ("b", int, 4)]);
    let names = [b.text("low"), b.text("whole")];
    let members_of = [names[0], int, 0x0300_0023, 0, inner, 64, names[1], int, 128];
    b.add("trace_event_raw_x", Kind::Struct, 3, true, 20, &members_of);
    let facts = facts(&[&b.bytes()]);
    let expected = [
        "int low at None None signed",
        "int a at 8 4 signed",
        "int b at 12 4 signed",
        "int whole at 16 4 signed",
    ];
    assert_eq!(members(&facts.classes[0]), expected);
}

#[test]
fn reads_what_programs_on_system_calls_get() {
    let mut b = Builder::new(false);
    let int = b.int("int", 4, true);
    let word = b.int("unsigned long", 8, false);
    let args = b.array(word, 6);
    let (first, last) = (("ent", word, 0), ("ret", word, 16));
    b.record(
        Kind::Struct,
        "syscall_tp_t",
        64,
        &[first, ("syscall_nr", int, 8), ("args", args, 16)],
    );
    for _ in 0..2 {
        b.record(
            Kind::Struct,
            "syscall_tp_t",
            24,
            &[("regs", word, 0), ("syscall_nr", word, 8), last],
        );
    }
    let contexts = facts(&[&b.bytes()]).contexts;
    let names: Vec<&str> = contexts.iter().map(|context| context.name.as_str()).collect();
    assert_eq!(names, ["sys_enter", "sys_exit"]);
    let expected = [
        "int syscall_nr at 8 4 signed",
        "unsigned long[6] args at 16 48 unsigned Array",
    ];
    assert_eq!(members(&contexts[0]), expected);
    let expected = [
        "unsigned long syscall_nr at 8 8 unsigned",
        "unsigned long ret at 16 8 unsigned",
    ];
    assert_eq!(members(&contexts[1]), expected);
}

#[test]
fn pointers_are_as_wide_as_long() {
    for (bytes, expected) in [(4, "void * p at 0 4 unsigned"), (8, "void * p at 0 8 unsigned")] {
        let mut b = Builder::new(false);
        b.int("long int", bytes, true);
        let pointer = b.ptr(0);
        b.record(Kind::Struct, "trace_event_raw_x", bytes, &[("p", pointer, 0)]);
        assert_eq!(members(&facts(&[&b.bytes()]).classes[0]), [expected]);
    }
}

#[test]
fn equal_facts_of_several_modules_are_one_and_unequal_ones_stay() {
    let (kernel, module) = sample(false);
    let mut base = Builder::new(false);
    let int = base.int("int", 4, true);
    let data = base.ptr(0);
    let probe = base.proto(0, &[("", data), ("", int)]);
    let probe = base.ptr(probe);
    base.refer(Kind::Typedef, "btf_trace_disk_add", probe);
    base.record(Kind::Struct, "trace_event_raw_disk_add", 4, &[("id", int, 0)]);
    let mut collector = Collector::default();
    let vmlinux = Blob::parse(&kernel, None, &mut |_, _| {});
    let disk = Blob::parse(&module, Some(&vmlinux), &mut |_, _| {});
    let bytes = base.bytes();
    let other = Blob::parse(&bytes, None, &mut |_, _| {});
    for blob in [&disk, &disk, &other] {
        collector.read("module", blob);
    }
    let facts = collector.finish();
    assert_eq!(
        prototypes(&facts),
        ["disk_add(const char *, unsigned short)", "disk_add(int)"]
    );
    assert_eq!(facts.classes.len(), 2);
}
