// The events that the programs attach to, as the running kernel should have them; a case is skipped where it does not.

export const EVENTS = {
  "signal:signal_generate": `
  proto int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result
  field int sig
  field int errno
  field int code
  field char comm[16]
  field pid_t pid
  field int group
  field int result
`,
  "task:task_rename": `
  proto struct task_struct *task, const char *comm
  field pid_t pid
  field char oldcomm[16]
  field char newcomm[16]
  field short oom_score_adj
`,
  "task:task_newtask": `
  proto struct task_struct *task, u64 clone_flags
  field pid_t pid
  field char comm[16]
  field u64 clone_flags
  field short oom_score_adj
`,
  "sched:sched_process_exec": `
  proto struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm
  field __data_loc char[] filename
  field pid_t pid
  field pid_t old_pid
`,
  "sched:sched_process_exit": `
  proto struct task_struct *p, bool group_dead
  field char comm[16]
  field pid_t pid
  field int prio
  field bool group_dead
event sched:sched_process_wait
  proto struct pid *pid
  field __data_loc char[] comm
  field pid_t pid
  field int prio
`,
  "sched:sched_pi_setprio": `
  proto struct task_struct *tsk, struct task_struct *pi_task__nullable
  field __data_loc char[] comm
  field pid_t pid
  field int oldprio
  field int newprio
`,
  "sock:inet_sock_set_state": `
  proto const struct sock *sk, const int oldstate, const int newstate
  field const void * skaddr
  field int oldstate
  field int newstate
  field __u16 sport
  field __u16 dport
  field __u16 family
  field __u16 protocol
  field __u8 saddr[4]
  field __u8 daddr[4]
  field __u8 saddr_v6[16]
  field __u8 daddr_v6[16]
`,
  "syscalls:sys_enter_prctl": `
  field int __syscall_nr
  field unsigned long option
  field unsigned long arg2
  field unsigned long arg3
  field unsigned long arg4
  field unsigned long arg5
`,
} as const;
