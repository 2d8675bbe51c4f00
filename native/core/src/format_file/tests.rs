//! Format files as literals, from kernels of several eras, whole and broken.

use super::{FormatReader, Formats, field};
use crate::snapshot::{Event, Field, FieldKind};

const HEADER: &str = "\tfield:unsigned short common_type;\toffset:0;\tsize:2;\tsigned:0;
\tfield:unsigned char common_flags;\toffset:2;\tsize:1;\tsigned:0;
\tfield:unsigned char common_preempt_count;\toffset:3;\tsize:1;\tsigned:0;
\tfield:int common_pid;\toffset:4;\tsize:4;\tsigned:1;
";

const OWN: &str = "\tfield:char comm[16];\toffset:8;\tsize:16;\tsigned:0;
\tfield:pid_t pid;\toffset:24;\tsize:4;\tsigned:1;
";

fn file(header: &str, own: &str, print: &str) -> String {
    format!("name: it\nID: 7\nformat:\n{header}\n{own}\nprint fmt: {print}\n")
}

fn read(texts: &[&str]) -> Formats {
    let mut reader = FormatReader::default();
    for text in texts {
        reader.read("sys", "it", text.as_bytes());
    }
    reader.finish()
}

fn event(text: &str) -> Event {
    let mut formats = read(&[text]);
    assert_eq!(formats.problems, []);
    formats.events.remove(0)
}

#[test]
fn reads_common_and_own_fields_apart() {
    let formats = read(&[&file(HEADER, OWN, "\"comm=%s pid=%d\", REC->comm, REC->pid")]);
    let names = |fields: &[Field]| fields.iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    assert_eq!(
        names(&formats.common_fields),
        ["common_type", "common_flags", "common_preempt_count", "common_pid"]
    );
    assert_eq!(names(&formats.events[0].fields), ["comm", "pid"]);
    assert_eq!(
        (formats.events[0].system.as_str(), formats.events[0].name.as_str()),
        ("sys", "it")
    );
    assert!(formats.problems.is_empty());
}

#[test]
fn reads_an_event_without_own_fields_and_without_print_format() {
    let event = event(&file(HEADER, "", ""));
    assert!(event.fields.is_empty());
    let print = event.print.expect("a print format is printed, though empty");
    assert_eq!((print.format.as_str(), print.args.as_str()), ("", ""));
}

/// `(declaration, type, name, kind, length)`, each with size 16.
#[test]
fn tells_type_and_name_apart() {
    use FieldKind::{Array, Dynamic, Relative, Scalar};
    for (declaration, r#type, name, kind, length) in [
        ("pid_t pid", "pid_t", "pid", Scalar, None),
        ("const char * fmt", "const char *", "fmt", Scalar, None),
        ("char *fmt", "char *", "fmt", Scalar, None),
        (
            "const struct landlock_ruleset_attr *const attr",
            "const struct landlock_ruleset_attr *const",
            "attr",
            Scalar,
            None,
        ),
        ("struct iocb * * iocbpp", "struct iocb * *", "iocbpp", Scalar, None),
        ("char comm[16]", "char[16]", "comm", Array, Some(16)),
        ("unsigned char cdb [ 8 ]", "unsigned char[ 8 ]", "cdb", Array, Some(8)),
        ("u32 buf[]", "u32[]", "buf", Array, Some(0)),
        ("u8 m[2][8]", "u8[2][8]", "m", Array, Some(16)),
        (
            "char comm[TASK_COMM_LEN]",
            "char[TASK_COMM_LEN]",
            "comm",
            Array,
            Some(16),
        ),
        ("u32 words[(4 * 1)]", "u32[(4 * 1)]", "words", Array, Some(4)),
        ("struct foo x[FOO_MAX]", "struct foo[FOO_MAX]", "x", Array, None),
        ("unsigned long x[LEN]", "unsigned long[LEN]", "x", Array, None),
        ("__data_loc char[] msg", "__data_loc char[]", "msg", Dynamic, None),
        (
            "__rel_loc unsigned long[] mask",
            "__rel_loc unsigned long[]",
            "mask",
            Relative,
            None,
        ),
        (
            "void (*function)(struct work_struct *)",
            "void (*)(struct work_struct *)",
            "function",
            Scalar,
            None,
        ),
    ] {
        let field = field(&format!("\tfield:{declaration};\toffset:8;\tsize:16;\tsigned:0;")).expect(declaration);
        let seen = (field.r#type.as_str(), field.name.as_str(), field.kind, field.length);
        assert_eq!(seen, (r#type, name, kind, length), "{declaration}");
    }
}

#[test]
fn reads_fields_of_old_kernels() {
    let unsigned_unknown = field("\tfield:__data_loc char[] name;\toffset:12;\tsize:2;").expect("2.6.31");
    assert_eq!((unsigned_unknown.size, unsigned_unknown.signed), (Some(2), None));
    assert_eq!(unsigned_unknown.kind, FieldKind::Dynamic);
    let special = field("\tfield special:char buf;\toffset:12;\tsize:0;").expect("2.6.30");
    assert_eq!((special.name.as_str(), special.r#type.as_str()), ("buf", "char"));
    let signed = field("\tfield:int ret;\toffset:12;\tsize:4;\tsigned:1;").expect("2.6.33");
    assert_eq!(signed.signed, Some(true));
}

#[test]
fn refuses_lines_that_declare_nothing() {
    for line in [
        "",
        "\tfield:",
        "\tfield:int x;\toffset:8;\tsize:4;\tsign",
        "\tfield:int x;\toffset:8;\tsize:4",
        "\tfield:int x;\toffset:8;",
        "\tfield:int x;\toffset:-8;\tsize:4;\tsigned:1;",
        "\tfield:int x;\toffset:8;\tsize:99999999999;\tsigned:1;",
        "\tfield:x;\toffset:8;\tsize:4;\tsigned:1;",
        "\tfield:[];\toffset:8;\tsize:4;\tsigned:1;",
        "\tfield:(*);\toffset:8;\tsize:4;\tsigned:1;",
    ] {
        assert_eq!(field(line), None, "{line:?}");
    }
}

#[test]
fn splits_the_print_format_at_the_end_of_its_literal() {
    for (text, format, args) in [
        (r#""nid=%d", REC->nid"#, "nid=%d", "REC->nid"),
        (r#""plain""#, "plain", ""),
        (r#""plain", "#, "plain", ""),
        ("\"two\nlines %d\n\", REC->x", "two\nlines %d\n", "REC->x"),
        (
            r#""c=%08x "%s" "%s"", REC->call, REC->a, { 1, "x" }"#,
            r#"c=%08x "%s" "%s""#,
            r#"REC->call, REC->a, { 1, "x" }"#,
        ),
        (
            r#""d=%llx "%s" f=%x", REC->d, REC->name"#,
            r#"d=%llx "%s" f=%x"#,
            "REC->d, REC->name",
        ),
        (
            r#""a="%s", b="%s", c=%d", REC->a, "b, c", REC->c"#,
            r#"a="%s", b="%s", c=%d"#,
            r#"REC->a, "b, c", REC->c"#,
        ),
        (
            r#""\t=> %ps\n" "\t=> %ps\n", (void *)REC->ip"#,
            r#"\t=> %ps\n" "\t=> %ps\n"#,
            "(void *)REC->ip",
        ),
        (r#""%s", REC->x ? "\"", "\\" : """#, "%s", r#"REC->x ? "\"", "\\" : """#),
        ("REC->fmt", "", "REC->fmt"),
    ] {
        let print = event(&file(HEADER, OWN, text)).print.expect(text);
        assert_eq!((print.format.as_str(), print.args.as_str()), (format, args), "{text}");
    }
}

#[test]
fn a_cut_off_file_gives_a_problem_and_no_event() {
    let whole = file(HEADER, OWN, "\"comm=%s\npid=%d\", REC->comm, REC->pid");
    for end in 0..whole.len() {
        let formats = read(&[&whole[..end]]);
        assert!(formats.events.is_empty(), "cut at {end}");
        assert_eq!(formats.problems.len(), 1, "cut at {end}");
        let problem = &formats.problems[0];
        assert!(
            problem.code == "format-truncated" || problem.code == "format-unreadable",
            "cut at {end}"
        );
        assert_eq!(problem.file.as_deref(), Some("events/sys/it/format"));
        assert_eq!(problem.event.as_deref(), Some("sys:it"));
    }
}

#[test]
fn garbage_gives_a_problem_with_its_line() {
    for (text, line) in [
        ("\u{0}\u{1}\u{2}\n", 1),
        ("name: other\nID: 7\nformat:\n", 1),
        ("name: it\nID: 7\nformat:\nFAILED TO PRINT!!\n", 4),
        (
            "name: it\nID: 7\nformat:\n\tfield:int x;\toffset:8;\tsize:four;\tsigned:1;\n\n\n",
            4,
        ),
    ] {
        let formats = read(&[text]);
        assert!(formats.events.is_empty(), "{text:?}");
        assert_eq!(
            (formats.problems[0].code, formats.problems[0].line),
            ("format-unreadable", Some(line)),
            "{text:?}"
        );
    }
    let mut reader = FormatReader::default();
    reader.read("sys", "it", &[0xff, 0xfe, b'\n']);
    assert_eq!(reader.finish().problems.len(), 1);
}

#[test]
fn the_common_fields_of_most_files_win_and_the_others_are_a_problem() {
    let realtime = format!("{HEADER}\tfield:unsigned char common_preempt_lazy_count;\toffset:8;\tsize:1;\tsigned:0;\n");
    let (usual, odd) = (file(HEADER, OWN, "\"\""), file(&realtime, OWN, "\"\""));
    let formats = read(&[&odd, &usual, &usual]);
    assert_eq!(formats.common_fields.len(), 4);
    assert_eq!(formats.events.len(), 3);
    let codes: Vec<_> = formats.problems.iter().map(|problem| problem.code).collect();
    assert_eq!(codes, ["common-fields-differ"]);
}
