//! Reads kernels from where they lie: directories, git objects, tracefs, archives. All I/O of the native side is here.
