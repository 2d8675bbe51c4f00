// tp programs with hand-copied structs of records that the running kernel lays out otherwise.

#include "proof.bpf.h"

// Without `code`, which was inserted before `comm`.
struct signal_inserted {
  __u64 common;
  int sig, errno;
  char comm[16];
  int pid, group, result;
};
SEC("tp/signal/signal_generate") int layout_inserted(struct signal_inserted *ctx) {
  return report(ctx->pid);
}

// With a field that was removed from the front.
struct rename_removed_first {
  __u64 common;
  int flags;
  int pid;
};
SEC("tp/task/task_rename") int layout_removed_first(struct rename_removed_first *ctx) {
  return report(ctx->pid);
}

// With a field that was removed from the end.
struct rename_removed_last {
  __u64 common;
  int pid;
  char oldcomm[16], newcomm[16];
  short oom_score_adj;
  int flags;
};
SEC("tp/task/task_rename") int layout_removed_last(struct rename_removed_last *ctx) {
  return report(ctx->flags);
}

// Without `oom_score_adj`, which was appended.
struct rename_appended {
  __u64 common;
  int pid;
  char oldcomm[16], newcomm[16];
};
SEC("tp/task/task_rename") int layout_appended(struct rename_appended *ctx) {
  return report(ctx->pid);
}

// Another name for `pid`, which has the same bytes.
struct rename_renamed {
  __u64 common;
  int task_pid;
};
SEC("tp/task/task_rename") int layout_renamed(struct rename_renamed *ctx) {
  return report(ctx->task_pid);
}

// `result` before `group`.
struct signal_moved {
  __u64 common;
  int sig, errno, code;
  char comm[16];
  int pid, result, group;
};
SEC("tp/signal/signal_generate") int layout_moved(struct signal_moved *ctx) {
  return report(ctx->group);
}

// A shorter `comm`.
struct signal_array {
  __u64 common;
  int sig, errno, code;
  char comm[12];
  int pid, group, result;
};
SEC("tp/signal/signal_generate") int layout_array(struct signal_array *ctx) {
  return report(ctx->pid);
}

// `filename` in place; the text begins with a slash.
struct exec_kind {
  __u64 common;
  char filename[64];
  int pid, old_pid;
};
SEC("tp/sched/sched_process_exec") int layout_kind_text(struct exec_kind *ctx) {
  return report(ctx->filename[0]);
}
SEC("tp/sched/sched_process_exec") int layout_kind_pid(struct exec_kind *ctx) {
  return report(ctx->pid);
}

// Looser than now: `group_dead` in a word of its own.
struct exit_shrunk {
  __u64 common;
  char comm[16];
  int pid, prio;
  __u64 gap;
  _Bool group_dead;
};
SEC("tp/sched/sched_process_exit") int layout_shrunk(struct exit_shrunk *ctx) {
  return report(ctx->group_dead);
}

// Tighter than now: `clone_flags` not aligned.
struct newtask_grown {
  __u64 common;
  int pid;
  char comm[16];
  __u64 clone_flags;
  short oom_score_adj;
} __attribute__((packed));
SEC("tp/task/task_newtask") int layout_grown(struct newtask_grown *ctx) {
  return report((__u16)ctx->oom_score_adj);
}

// A common header with `common_lock_depth`, as kernels had it up to 2.6.38.
struct rename_common {
  __u64 common;
  int common_lock_depth;
  int pid;
};
SEC("tp/task/task_rename") int layout_common(struct rename_common *ctx) {
  return report(ctx->pid);
}

// `clone_flags` half as wide, which needs no gap before it.
struct newtask_widened {
  __u64 common;
  int pid;
  char comm[16];
  __u32 clone_flags;
  short oom_score_adj;
};
SEC("tp/task/task_newtask") int layout_widened(struct newtask_widened *ctx) {
  return report((__u16)ctx->oom_score_adj);
}

// The context of tp/syscalls is no record: common bytes, number, six arguments.
struct prctl_context {
  __u64 common;
  int nr;
  unsigned long args[6];
};
SEC("tp/syscalls/sys_enter_prctl") int syscall_option(struct prctl_context *ctx) {
  return report(ctx->args[0]);
}
// prctl has five arguments.
SEC("tp/syscalls/sys_enter_prctl") int syscall_sixth(struct prctl_context *ctx) {
  return report(ctx->args[5]);
}

SEC("tp/task/task_renamed_long_ago") int layout_gone(struct rename_renamed *ctx) {
  return report(ctx->task_pid);
}

SEC("tp/sched/task_rename") int layout_system(struct rename_renamed *ctx) {
  return report(ctx->task_pid);
}
