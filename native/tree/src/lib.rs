//! Reads kernels from where they lie: directories, git objects, tracefs, BTF, archives. All I/O of the native side is here.
//! Everything read is hostile input: nothing of it is run or written to disk, no symbolic link is followed, sizes are bounded.

mod archive;
pub mod btf;
pub mod cache;
pub mod change;
pub mod error;
pub mod kernel_tree;
mod machine;
pub mod scan;
pub mod source;
pub mod tracefs;
