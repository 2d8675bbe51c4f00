// raw_tp programs written for argument lists that the running kernel no longer has.
// Now: signal_generate(int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result),
// sched_process_exec(struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm),
// task_rename(struct task_struct *task, const char *comm).

#include "proof.bpf.h"

// signal_generate(sig, info, task)
SEC("raw_tp/signal_generate") int raw_appended(struct raw *ctx) {
  return report((int)ctx->args[0]);
}

// signal_generate(sig, task, group, result)
SEC("raw_tp/signal_generate") int raw_inserted(struct raw *ctx) {
  return report((int)ctx->args[2]);
}

// signal_generate(sig, info, task, result, group)
SEC("raw_tp/signal_generate") int raw_moved(struct raw *ctx) {
  return report((int)ctx->args[4]);
}

// signal_generate(flags, sig, info, task, group, result)
SEC("raw_tp/signal_generate") int raw_removed_first(struct raw *ctx) {
  return report((int)ctx->args[1]);
}

SEC("raw_tp/signal_generate") int raw_removed_first_reads_last(struct raw *ctx) {
  return report((int)ctx->args[5]);
}

// task_rename(task, comm, flags)
SEC("raw_tp/task_rename") int raw_removed_last(struct raw *ctx) {
  return report((int)ctx->args[2]);
}

// sched_process_exec(p, struct pid *old_pid, bprm)
SEC("raw_tp/sched_process_exec") int raw_retyped(struct raw *ctx) {
  struct pid *old_pid = (void *)ctx->args[1];
  return report(BPF_CORE_READ(old_pid, level));
}

// sched_process_exec(p, prio, bprm)
SEC("raw_tp/sched_process_exec") int raw_replaced(struct raw *ctx) {
  return report((int)ctx->args[1]);
}

// sched_pi_setprio(tsk, pi_task), neither of them NULL
SEC("raw_tp/sched_pi_setprio") int raw_nullable(struct raw *ctx) {
  struct task_struct *pi_task = (void *)ctx->args[1];
  return report(BPF_CORE_READ(pi_task, tgid));
}

SEC("raw_tp/task_renamed_long_ago") int raw_gone(struct raw *ctx) {
  return report(ctx->args[0]);
}
