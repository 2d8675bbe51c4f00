//! The parsers of tpabi: kernel source text, tracefs format files, BTF, and what they say of tracepoints.
//! Text or bytes in, facts and problems out: this crate has no I/O, no napi, no unsafe code, and parsing never fails.
#![forbid(unsafe_code)]

pub mod arch;
pub mod arguments;
pub mod asked;
pub mod btf;
pub mod config;
pub mod const_expr;
pub mod dependencies;
pub mod expand;
pub mod extract;
pub mod format_file;
pub mod fragment;
pub mod gather;
pub mod index;
pub mod kbuild;
pub mod lex;
pub mod make;
pub mod memory;
pub mod print_symbols;
pub mod problem;
pub mod reading;
pub mod record;
pub mod reuse;
pub mod saved;
pub mod sites;
pub mod snapshot;
pub mod stages;
pub mod syscall_context;
pub mod syscall_table;
pub mod syscalls;
pub mod trace_header;
pub mod tree;
pub mod types;
pub mod unit;
pub mod unit_facts;
pub mod uses;
