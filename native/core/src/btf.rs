//! Reads BTF, the kernel's own description of its types: the arguments of tracepoints (`btf_trace_<name>`), the records of
//! event classes (`struct trace_event_raw_<class>`) and the values of enum constants.
//! Every read is bounds-checked and every walk has a budget, because the bytes may come from anywhere: what makes no sense is
//! a [`Problem`], never a panic, an endless loop or a large allocation.
//!
//! The format is that of Documentation/bpf/btf.rst (include/uapi/linux/btf.h). The reader is our own: the crate `btf-rs` is
//! LGPL, reads all types into owned values where we look at one in fifty, and gives up on the first record it dislikes. This
//! one keeps four bytes per type and borrows everything else: a kernel with 230 modules takes less time than `bpftool btf dump`
//! needs for its `vmlinux` alone.

mod blob;
mod collect;
mod constants;
mod header;
mod layout;
mod record;
mod relocations;
mod spell;

pub use blob::Blob;
pub use collect::{Collector, Facts};
pub use constants::Constants;
pub use header::{is_btf, is_split};
pub use relocations::{Asks, Relocation, relocations};

#[cfg(test)]
mod tests;
