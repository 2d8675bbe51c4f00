// Programs that read records: at fixed offsets (layout), through CO-RE (core), and by name (fields).

import type { Case, NameCase } from "./case.ts";
import { EVENTS } from "./events.ts";

const signal = { trigger: "signal", event: "signal:signal_generate" } as const;
const rename = { trigger: "rename", event: "task:task_rename" } as const;
const newtask = { trigger: "clone", event: "task:task_newtask" } as const;
const exec = { trigger: "exec", event: "sched:sched_process_exec" } as const;
const exit = { trigger: "exec", event: "sched:sched_process_exit" } as const;
const prctl = { trigger: "rename", contract: "layout", event: "syscalls:sys_enter_prctl" } as const;
const listen = { trigger: "listen", contract: "core", event: "sock:inet_sock_set_state" } as const;

const RENAME_FLAGS = [["  field short oom_score_adj", "  field short oom_score_adj\n  field int flags"]] as const;
const RENAME_TASK = [["  field pid_t pid", "  field pid_t task_pid"]] as const;
const SIGNAL_CODE = [["  field int code\n", ""]] as const;
const SIGNAL_GROUP = [["  field int group\n  field int result", "  field int result\n  field int group"]] as const;
const RENAME_SCORE = [["  field short oom_score_adj\n", ""]] as const;
const EXEC_ARRAY = [["  field __data_loc char[] filename", "  field char filename[64]"]] as const;
const CLONE_FLAGS = [["  field u64 clone_flags", "  field u32 clone_flags"]] as const;

export const LAYOUT: readonly Case[] = [
  {
    ...signal,
    program: "layout_inserted",
    expects: "pid",
    contract: "layout",
    rule: "field-inserted",
    before: SIGNAL_CODE,
  },
  {
    ...rename,
    program: "layout_removed_first",
    expects: "pid",
    contract: "layout",
    rule: "field-removed",
    before: [["  field pid_t pid", "  field int flags\n  field pid_t pid"]],
  },
  {
    ...rename,
    program: "layout_removed_last",
    expects: 0,
    contract: "layout",
    rule: "field-removed",
    before: RENAME_FLAGS,
  },
  {
    ...rename,
    program: "layout_appended",
    expects: "pid",
    contract: "layout",
    rule: "field-appended",
    before: RENAME_SCORE,
  },
  {
    ...rename,
    program: "layout_renamed",
    expects: "pid",
    contract: "layout",
    rule: "field-renamed",
    before: RENAME_TASK,
  },
  {
    ...signal,
    program: "layout_moved",
    expects: 1,
    contract: "layout",
    rule: "field-moved",
    before: SIGNAL_GROUP,
  },
  {
    ...signal,
    program: "layout_array",
    expects: "pid",
    contract: "layout",
    rule: "field-array-length-changed",
    before: [["comm[16]", "comm[12]"]],
  },
  {
    ...exec,
    program: "layout_kind_text",
    expects: 47,
    contract: "layout",
    rule: "field-kind-changed",
    before: EXEC_ARRAY,
  },
  {
    ...exec,
    program: "layout_kind_pid",
    expects: "pid",
    contract: "layout",
    rule: "field-kind-changed",
    before: EXEC_ARRAY,
    milder: ["attach", "the record ends before the old place of the field"],
  },
  {
    ...exit,
    program: "layout_shrunk",
    expects: 1,
    contract: "layout",
    rule: "record-shrunk",
    before: [["  field bool group_dead", "  field bool group_dead @40"]],
  },
  {
    ...newtask,
    program: "layout_grown",
    expects: 17,
    contract: "layout",
    rule: "record-grown",
    before: [["  field u64 clone_flags", "  field u64 clone_flags @28"]],
  },
  {
    ...newtask,
    program: "layout_widened",
    expects: 17,
    contract: "layout",
    rule: "field-size-changed",
    before: CLONE_FLAGS,
  },
  {
    ...rename,
    program: "layout_common",
    expects: "pid",
    contract: "layout",
    rule: "common-fields-changed",
    before: [["", "common int common_lock_depth\n"]],
  },
  {
    ...prctl,
    program: "syscall_option",
    expects: 15,
    rule: "syscall-arguments-changed",
    before: [["  field unsigned long arg5\n", ""]],
  },
  {
    ...prctl,
    program: "syscall_sixth",
    expects: 0,
    rule: "syscall-arguments-changed",
    before: [["  field unsigned long arg5", "  field unsigned long arg5\n  field unsigned long arg6"]],
  },
  {
    ...rename,
    program: "layout_gone",
    expects: "pid",
    contract: "existence",
    rule: "event-renamed",
    before: [["task:task_rename", "task:task_renamed_long_ago"]],
  },
  {
    ...rename,
    program: "layout_system",
    expects: "pid",
    contract: "existence",
    rule: "event-moved",
    before: [["task:task_rename", "sched:task_rename"]],
  },
];

export const CORE: readonly Case[] = [
  {
    ...rename,
    program: "core_appended",
    expects: "pid",
    contract: "core",
    rule: "field-appended",
    before: RENAME_SCORE,
  },
  { ...signal, program: "core_moved", expects: 1, contract: "core", rule: "field-moved", before: SIGNAL_GROUP },
  {
    ...signal,
    program: "core_inserted",
    expects: "pid",
    contract: "core",
    rule: "field-inserted",
    before: SIGNAL_CODE,
  },
  { ...rename, program: "core_removed", expects: 0, contract: "core", rule: "field-removed", before: RENAME_FLAGS },
  { ...rename, program: "core_renamed", expects: "pid", contract: "core", rule: "field-renamed", before: RENAME_TASK },
  {
    ...rename,
    program: "core_class_gone",
    expects: "pid",
    contract: "core",
    rule: "event-class-changed",
    before: [["event task:task_rename\n", "event task:task_rename\n  class rename_template\n"]],
  },
  { ...exec, program: "core_kind", expects: 47, contract: "core", rule: "field-kind-changed", before: EXEC_ARRAY },
  {
    ...signal,
    program: "core_array",
    expects: "pid",
    contract: "core",
    rule: "field-array-length-changed",
    before: [["comm[16]", "comm[8]"]],
  },
  {
    ...signal,
    program: "core_array_shrunk_copied",
    expects: 0,
    contract: "core",
    rule: "field-array-length-changed",
    before: [["comm[16]", "comm[20]"]],
  },
  {
    ...signal,
    program: "core_array_shrunk_indexed",
    expects: 0,
    contract: "core",
    rule: "field-array-length-changed",
    before: [["comm[16]", "comm[20]"]],
    milder: ["load", "libbpf finds no such element"],
  },
  ...["core_widened_unsigned", "core_widened_unsigned_probed"].map((program): Case => ({
    ...newtask,
    program,
    expects: 0x200000,
    contract: "core",
    rule: "field-size-changed",
    before: CLONE_FLAGS,
  })),
  {
    ...signal,
    program: "core_widened_signed",
    expects: 10,
    contract: "core",
    rule: "field-size-changed",
    before: [["  field int sig", "  field short sig"]],
  },
  {
    ...signal,
    program: "core_widened_signed_probed",
    expects: 10,
    contract: "core",
    rule: "field-size-changed",
    before: [["  field int sig", "  field short sig"]],
    milder: ["none", "a helper reads the low bytes, which come first on this machine"],
  },
  {
    ...signal,
    program: "core_narrowed_signed",
    expects: "pid",
    contract: "core",
    rule: "field-size-changed",
    before: [["  field pid_t pid", "  field s64 pid"]],
    milder: ["load", "libbpf refuses to adjust the load of a signed field"],
  },
  {
    ...signal,
    program: "core_narrowed_signed_probed",
    expects: "pid",
    contract: "core",
    rule: "field-size-changed",
    before: [["  field pid_t pid", "  field s64 pid"]],
  },
  {
    ...listen,
    program: "core_narrowed_unsigned",
    expects: 2,
    rule: "field-size-changed",
    before: [["  field __u16 family", "  field u32 family"]],
    milder: ["none", "libbpf adjusts the load"],
  },
  {
    ...listen,
    program: "core_narrowed_unsigned_probed",
    expects: 2,
    rule: "field-size-changed",
    before: [["  field __u16 family", "  field u32 family"]],
  },
  {
    ...signal,
    program: "core_sign",
    expects: 10,
    contract: "core",
    rule: "field-sign-changed",
    before: [["  field int sig", "  field u32 sig"]],
  },
  {
    ...signal,
    program: "core_enum",
    expects: 10,
    contract: "core",
    rule: "field-sign-changed",
    before: [["  field int sig", "  field enum stale_signal sig"]],
  },
  {
    ...newtask,
    program: "core_pointer",
    expects: 0x200000,
    contract: "core",
    rule: "field-type-changed",
    before: [["  field u64 clone_flags", "  field void * clone_flags"]],
  },
  {
    ...exit,
    program: "core_class_other",
    expects: "pid",
    contract: "core",
    rule: "event-class-changed",
    before: [
      ["  proto struct task_struct *p", "  class sched_process_wait\n  proto struct task_struct *p"],
      [/event sched:sched_process_wait[^]*/.exec(EVENTS["sched:sched_process_exit"])?.[0] ?? "", ""],
    ],
  },
];

export const NAMES: readonly NameCase[] = [
  { ...rename, field: "flags", rule: "field-removed", before: RENAME_FLAGS },
  { ...rename, field: "task_pid", rule: "field-renamed", before: RENAME_TASK },
  { ...signal, field: "pid", rule: "field-inserted", before: SIGNAL_CODE },
  { ...newtask, field: "clone_flags", rule: "field-size-changed", before: CLONE_FLAGS },
];
