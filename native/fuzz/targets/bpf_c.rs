//! BPF C, of libbpf's kind or of bcc's: a file and, behind a NUL byte, a header that it includes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use tpabi_core::uses::{Request, read_bpf_c};

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let (file, header) = text.split_once('\0').unwrap_or((&text, ""));
    let texts = [
        ("a.bpf.c", format!("#include \"b.h\"\n{file}")),
        ("b.h", header.to_owned()),
    ];
    let request = Request {
        file: "a.bpf.c".to_owned(),
        texts: texts.into_iter().map(|(path, text)| (path.to_owned(), text)).collect(),
        includes: vec![("a.bpf.c".to_owned(), "b.h".to_owned(), "b.h".to_owned())],
        attached: Vec::new(),
        loader_sets: Default::default(),
    };
    read_bpf_c(&request);
});
