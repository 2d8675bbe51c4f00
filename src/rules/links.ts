// Places in the kernel, in libbpf and in the documentation that rules mirror. Invariant: each is named once, by tag.

const ELIXIR = "https://elixir.bootlin.com/linux/v6.12/source";

export const LINKS = {
  /** Format files, `print fmt`, `__data_loc`. */
  events: "https://docs.kernel.org/trace/events.html",
  tracepoints: "https://docs.kernel.org/trace/tracepoints.html",
  /** The end of the record against what a program reads: EACCES. */
  attachTracepoint: `${ELIXIR}/kernel/events/core.c`,
  /** The number of arguments against what a raw program reads: EINVAL. */
  rawTracepoint: `${ELIXIR}/kernel/trace/bpf_trace.c`,
  /** What programs on system call events get. */
  syscallContext: `${ELIXIR}/kernel/trace/trace_syscalls.c`,
  /** Types and nullability of `btf_trace_<tracepoint>`. */
  btfContext: `${ELIXIR}/kernel/bpf/btf.c`,
  /** CO-RE relocations: names, kinds, sizes. */
  relocations: `${ELIXIR}/tools/lib/bpf/relo_core.c`,
  coreGuide: "https://nakryiko.com/posts/bpf-core-reference-guide/",
  /** The struct that every record becomes in BTF. */
  stages: `${ELIXIR}/include/trace/stages/stage1_struct_define.h`,
  traceEntry: `${ELIXIR}/include/linux/trace_events.h`,
  defineTrace: `${ELIXIR}/include/linux/tracepoint.h`,
  perfPython: "https://man7.org/linux/man-pages/man1/perf-script-python.1.html",
  unsignedChar: "https://git.kernel.org/torvalds/c/3bc753c06dd02a3517c9b498e3846ebfc94ac3ee",
  schedSwitch: "https://git.kernel.org/torvalds/c/9c2136be0878c88c53dea26943ce40bb03ad8d8d",
  powertop: "https://lwn.net/Articles/442113/",
} as const;
