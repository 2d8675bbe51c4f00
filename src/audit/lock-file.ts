// The name of the file that keeps a tool's dependencies, apart from the code that writes it: help texts name it.

export const LOCK_FILE = "tpabi.deps.json";
