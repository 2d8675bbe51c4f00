// What all programs share: types, the record of what a program saw, and the parts of kernel structs that they read.
// Invariant: the global `proof` is all of .bss, laid out as in ../loader.c.

#pragma once

typedef unsigned char __u8;
typedef unsigned short __u16;
typedef unsigned int __u32;
typedef unsigned long long __u64;
typedef signed char __s8;
typedef short __s16;
typedef int __s32;
typedef long long __s64;
typedef __u16 __be16;
typedef __u32 __be32;
typedef __u32 __wsum;
enum bpf_map_type { UNUSED_MAP_TYPE };

#include <bpf/bpf_helpers.h>

#include <bpf/bpf_core_read.h>
#include <bpf/bpf_tracing.h>

#define CORE __attribute__((preserve_access_index))

struct {
  /** The first value that the program read in the target process. */
  __u64 got;
  __u32 hits;
  /** Process that makes the event happen. */
  __u32 target;
  /** What a program stored that does not compute. */
  __u32 low;
} proof;

char LICENSE[] SEC("license") = "Dual MIT/GPL";

static __always_inline int report(__u64 value) {
  if (proof.hits > 0 || bpf_get_current_pid_tgid() >> 32 != proof.target) return 0;
  proof.got = value;
  proof.hits = 1;
  return 0;
}

static __always_inline int report_low(void) {
  return report(*(volatile __u32 *)&proof.low);
}

/** Context of raw_tp programs: arguments by position. */
struct raw {
  __u64 args[6];
};

struct task_struct {
  int tgid;
} CORE;

struct linux_binprm {
  int argc;
} CORE;

struct pid {
  unsigned int level;
} CORE;
