// CO-RE programs on members and structs that the running kernel does not have, or has otherwise.
// What follows `___` in the name of a struct is not part of it.

#include "proof.bpf.h"

struct trace_event_raw_task_rename___old {
  int pid;
  int flags;
} CORE;
SEC("tp/task/task_rename") int core_appended(struct trace_event_raw_task_rename___old *ctx) {
  return report(ctx->pid);
}
SEC("tp/task/task_rename") int core_removed(struct trace_event_raw_task_rename___old *ctx) {
  return report(ctx->flags);
}

struct trace_event_raw_task_rename___renamed {
  int task_pid;
} CORE;
SEC("tp/task/task_rename") int core_renamed(struct trace_event_raw_task_rename___renamed *ctx) {
  return report(ctx->task_pid);
}

struct trace_event_raw_signal_generate___inserted {
  int sig, errno;
  char comm[16];
  int pid;
} CORE;
SEC("tp/signal/signal_generate") int core_inserted(struct trace_event_raw_signal_generate___inserted *ctx) {
  return report(ctx->pid);
}

struct trace_event_raw_signal_generate___moved {
  int result, group;
} CORE;
SEC("tp/signal/signal_generate") int core_moved(struct trace_event_raw_signal_generate___moved *ctx) {
  return report(ctx->group);
}

struct trace_event_raw_rename_template {
  int pid;
} CORE;
SEC("tp/task/task_rename") int core_class_gone(struct trace_event_raw_rename_template *ctx) {
  return report(ctx->pid);
}

// The struct of another class, in which `pid` lies elsewhere.
struct trace_event_raw_sched_process_wait___template {
  int pid;
} CORE;
SEC("tp/sched/sched_process_exit") int core_class_other(struct trace_event_raw_sched_process_wait___template *ctx) {
  return report(ctx->pid);
}

struct trace_event_raw_sched_process_exec___array {
  char filename[16];
} CORE;
SEC("tp/sched/sched_process_exec") int core_kind(struct trace_event_raw_sched_process_exec___array *ctx) {
  return report(ctx->filename[0]);
}

struct trace_event_raw_signal_generate___short {
  char comm[8];
  int pid;
} CORE;
SEC("tp/signal/signal_generate") int core_array(struct trace_event_raw_signal_generate___short *ctx) {
  return report(ctx->pid);
}

// `pid` stands behind `comm` now.
struct trace_event_raw_signal_generate___long {
  char comm[20];
} CORE;
SEC("tp/signal/signal_generate") int core_array_shrunk_copied(struct trace_event_raw_signal_generate___long *ctx) {
  char comm[20] = {};
  bpf_core_read(comm, sizeof comm, &ctx->comm);
  return report(*(__u32 *)(comm + 16));
}
SEC("tp/signal/signal_generate") int core_array_shrunk_indexed(struct trace_event_raw_signal_generate___long *ctx) {
  return report(ctx->comm[18]);
}

struct trace_event_raw_task_newtask___narrow {
  __u32 clone_flags;
} CORE;
SEC("tp/task/task_newtask") int core_widened_unsigned(struct trace_event_raw_task_newtask___narrow *ctx) {
  return report(ctx->clone_flags);
}
SEC("tp/task/task_newtask") int core_widened_unsigned_probed(struct trace_event_raw_task_newtask___narrow *ctx) {
  return report(BPF_CORE_READ(ctx, clone_flags));
}

struct trace_event_raw_signal_generate___narrow {
  short sig;
} CORE;
SEC("tp/signal/signal_generate") int core_widened_signed(struct trace_event_raw_signal_generate___narrow *ctx) {
  return report(ctx->sig);
}
SEC("tp/signal/signal_generate") int core_widened_signed_probed(struct trace_event_raw_signal_generate___narrow *ctx) {
  return report(BPF_CORE_READ(ctx, sig));
}

// `group` stands behind `pid` now, in bytes that the wider `pid` had.
struct trace_event_raw_signal_generate___wide {
  __s64 pid;
} CORE;
SEC("tp/signal/signal_generate") int core_narrowed_signed(struct trace_event_raw_signal_generate___wide *ctx) {
  return report(ctx->pid);
}
SEC("tp/signal/signal_generate") int core_narrowed_signed_probed(struct trace_event_raw_signal_generate___wide *ctx) {
  return report(BPF_CORE_READ(ctx, pid));
}

// `protocol` stands behind `family` now.
struct trace_event_raw_inet_sock_set_state___wide {
  __u32 family;
} CORE;
SEC("tp/sock/inet_sock_set_state")
int core_narrowed_unsigned(struct trace_event_raw_inet_sock_set_state___wide *ctx) {
  return report(ctx->family);
}
SEC("tp/sock/inet_sock_set_state")
int core_narrowed_unsigned_probed(struct trace_event_raw_inet_sock_set_state___wide *ctx) {
  return report(BPF_CORE_READ(ctx, family));
}

struct trace_event_raw_signal_generate___unsigned {
  __u32 sig;
} CORE;
SEC("tp/signal/signal_generate") int core_sign(struct trace_event_raw_signal_generate___unsigned *ctx) {
  return report(ctx->sig);
}

enum stale_signal { STALE_SIGNAL = 10 };
struct trace_event_raw_signal_generate___enum {
  enum stale_signal sig;
} CORE;
SEC("tp/signal/signal_generate") int core_enum(struct trace_event_raw_signal_generate___enum *ctx) {
  return report(ctx->sig);
}

struct trace_event_raw_task_newtask___pointer {
  void *clone_flags;
} CORE;
SEC("tp/task/task_newtask") int core_pointer(struct trace_event_raw_task_newtask___pointer *ctx) {
  return report((__u64)ctx->clone_flags);
}
