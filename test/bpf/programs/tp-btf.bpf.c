// tp_btf programs written for argument lists that the running kernel no longer has; see raw-tp.bpf.c for those of now.

#include "proof.bpf.h"

struct kernel_siginfo {
  struct {
    int si_signo, si_errno, si_code;
  };
} CORE;

SEC("tp_btf/signal_generate")
int BPF_PROG(btf_appended, int sig, struct kernel_siginfo *info, struct task_struct *task) {
  return report(task->tgid);
}

// A number stands where the pointer was.
SEC("tp_btf/sched_process_exec")
int BPF_PROG(btf_inserted_number, struct task_struct *p, struct linux_binprm *bprm) {
  return report(bprm->argc);
}

// The struct that stands there now ends before the member.
SEC("tp_btf/signal_generate")
int BPF_PROG(btf_inserted_struct, int sig, struct task_struct *task, int group, int result) {
  return report(task->tgid);
}

// A pointer stands where the number was, and the number is reckoned with.
SEC("tp_btf/signal_generate")
int BPF_PROG(btf_inserted_reckoned, int sig, struct task_struct *task, int group, int result) {
  return report((__s64)group * 3);
}

// The same, and the number is only stored.
SEC("tp_btf/signal_generate")
int BPF_PROG(btf_inserted_stored, int sig, struct task_struct *task, int group, int result) {
  proof.low = group;
  return report_low();
}

SEC("tp_btf/signal_generate")
int BPF_PROG(btf_moved, int sig, struct kernel_siginfo *info, struct task_struct *task, int result, int group) {
  return report(group);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(btf_moved_pointer, struct task_struct *p, struct linux_binprm *bprm, int old_pid) {
  return report(bprm->argc);
}

SEC("tp_btf/task_rename")
int BPF_PROG(btf_removed_last, struct task_struct *task, const char *comm, int flags) {
  return report(flags);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(btf_retyped_number, struct task_struct *p, struct pid *old_pid, struct linux_binprm *bprm) {
  return report(old_pid->level);
}

// Any address may be read through a helper, which knows no types.
SEC("tp_btf/sched_process_exec")
int BPF_PROG(btf_retyped_number_probed, struct task_struct *p, struct pid *old_pid, struct linux_binprm *bprm) {
  return report(BPF_CORE_READ(old_pid, level));
}

// struct linux_binprm ends before the member.
SEC("tp_btf/sched_process_exec")
int BPF_PROG(btf_retyped_far, struct task_struct *p, int old_pid, struct task_struct *task) {
  return report(task->tgid);
}

// struct linux_binprm has a number in the same bytes.
SEC("tp_btf/sched_process_exec")
int BPF_PROG(btf_retyped_near, struct task_struct *p, int old_pid, struct kernel_siginfo *info) {
  return report((__u32)info->si_code);
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(btf_replaced, struct task_struct *p, int prio, struct linux_binprm *bprm) {
  return report(prio);
}

SEC("tp_btf/sched_pi_setprio")
int BPF_PROG(btf_nullable, struct task_struct *tsk, struct task_struct *pi_task) {
  return report(pi_task->tgid);
}

SEC("tp_btf/task_renamed_long_ago")
int BPF_PROG(btf_gone, struct task_struct *task) {
  return report(task->tgid);
}
