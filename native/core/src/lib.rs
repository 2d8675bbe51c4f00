//! The parsers of tpabi: kernel source text, tracefs format files, and what they say of tracepoints.
//! Text or bytes in, facts and problems out: this crate has no I/O, no napi, no unsafe code, and parsing never fails.
#![forbid(unsafe_code)]

pub mod expand;
pub mod format_file;
pub mod lex;
pub mod problem;
pub mod snapshot;
