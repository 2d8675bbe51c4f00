// Programs that read arguments: raw_tp by position, tp_btf by position and type.

import type { Case } from "./case.ts";

const SIGNAL = "  proto int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result";
const EXEC = "  proto struct task_struct *p, pid_t old_pid, struct linux_binprm *bprm";
const RENAME = "  proto struct task_struct *task, const char *comm";

const signal = { trigger: "signal", contract: "args", event: "signal:signal_generate" } as const;
const exec = { trigger: "exec", contract: "args", event: "sched:sched_process_exec" } as const;
const rename = { trigger: "rename", contract: "args", event: "task:task_rename" } as const;

const signalAppended = {
  ...signal,
  rule: "argument-appended",
  before: [[SIGNAL, "  proto int sig, struct kernel_siginfo *info, struct task_struct *task"]],
} as const;

const signalInserted = {
  ...signal,
  rule: "argument-inserted",
  before: [[SIGNAL, "  proto int sig, struct task_struct *task, int group, int result"]],
} as const;

const signalMoved = {
  ...signal,
  rule: "argument-moved",
  before: [[SIGNAL, "  proto int sig, struct kernel_siginfo *info, struct task_struct *task, int result, int group"]],
} as const;

const signalRemoved = {
  ...signal,
  rule: "argument-removed",
  before: [
    [
      SIGNAL,
      "  proto int flags, int sig, struct kernel_siginfo *info, struct task_struct *task, int group, int result",
    ],
  ],
} as const;

const renameRemoved = {
  ...rename,
  expects: 0,
  rule: "argument-removed",
  before: [[RENAME, "  proto struct task_struct *task, const char *comm, int flags"]],
} as const;

const execRetyped = {
  ...exec,
  rule: "argument-retyped",
  before: [[EXEC, "  proto struct task_struct *p, struct pid *old_pid, struct linux_binprm *bprm"]],
} as const;

const execReplaced = {
  ...exec,
  expects: 120,
  rule: "argument-replaced",
  before: [[EXEC, "  proto struct task_struct *p, int prio, struct linux_binprm *bprm"]],
} as const;

const gone = {
  ...rename,
  expects: 0,
  rule: "tracepoint-removed",
  before: [["", "tracepoint task_renamed_long_ago(struct task_struct *task)\n"]],
} as const;

export const ARGS: readonly Case[] = [
  { ...signalAppended, program: "raw_appended", expects: 10 },
  { ...signalAppended, program: "btf_appended", expects: "pid" },
  { ...signalInserted, program: "raw_inserted", expects: 1 },
  { ...signalInserted, program: "btf_inserted_stored", expects: 1 },
  {
    ...signalInserted,
    program: "btf_inserted_reckoned",
    expects: 3,
    milder: ["load", "the verifier refuses to reckon with the pointer that stands there now"],
  },
  {
    ...signalInserted,
    program: "btf_inserted_struct",
    expects: "pid",
    milder: ["load", "the struct that stands there now ends before the member"],
  },
  {
    ...exec,
    program: "btf_inserted_number",
    expects: 2,
    rule: "argument-inserted",
    before: [[EXEC, "  proto struct task_struct *p, struct linux_binprm *bprm"]],
    milder: ["load", "a number stands where the pointer was"],
  },
  { ...signalMoved, program: "raw_moved", expects: 1 },
  { ...signalMoved, program: "btf_moved", expects: 1 },
  {
    ...exec,
    program: "btf_moved_pointer",
    expects: 2,
    rule: "argument-moved",
    before: [[EXEC, "  proto struct task_struct *p, struct linux_binprm *bprm, pid_t old_pid"]],
    milder: ["load", "a number stands where the pointer was"],
  },
  { ...signalRemoved, program: "raw_removed_first", expects: 10 },
  {
    ...signalRemoved,
    program: "raw_removed_first_reads_last",
    expects: 0,
    milder: ["attach", "the program reads past the last argument"],
  },
  { ...renameRemoved, program: "raw_removed_last" },
  {
    ...renameRemoved,
    program: "btf_removed_last",
    milder: ["load", "the verifier knows how many arguments there are"],
  },
  { ...execRetyped, program: "raw_retyped", expects: 1 },
  { ...execRetyped, program: "btf_retyped_number_probed", expects: 1 },
  {
    ...execRetyped,
    program: "btf_retyped_number",
    expects: 0,
    milder: ["load", "a number stands where the pointer was"],
  },
  {
    ...exec,
    program: "btf_retyped_near",
    expects: 0xffffffff,
    rule: "argument-retyped",
    before: [[EXEC, "  proto struct task_struct *p, pid_t old_pid, struct kernel_siginfo *bprm"]],
  },
  {
    ...exec,
    program: "btf_retyped_far",
    expects: "pid",
    rule: "argument-retyped",
    before: [[EXEC, "  proto struct task_struct *p, pid_t old_pid, struct task_struct *bprm"]],
    milder: ["load", "the struct that stands there now ends before the member"],
  },
  { ...execReplaced, program: "raw_replaced" },
  { ...execReplaced, program: "btf_replaced" },
  {
    program: "btf_nullable",
    trigger: "rename",
    expects: 0,
    rule: "argument-nullability-changed",
    contract: "args",
    event: "sched:sched_pi_setprio",
    before: [["pi_task__nullable", "pi_task"]],
    since: "6.13",
  },
  { ...gone, program: "raw_gone" },
  { ...gone, program: "btf_gone", milder: ["load", "libbpf finds no btf_trace_<name>"] },
];
