// One file as people write them for each reader of tools, and more where it reads several languages: what mutated.test.ts
// damages. All of them are our own. Invariant: the reader finds uses in each.

import { readFileSync } from "node:fs";

const COMMON = "event_name, context, common_cpu, common_secs, common_nsecs, common_pid, common_comm, common_callchain";

/** The text of a file by its reader's id and the file's path; a byte is one character. */
export const SEEDS: readonly (readonly [string, string, string])[] = [
  [
    "bcc",
    "runqlat.py",
    `#!/usr/bin/env python3
from bcc import BPF
import argparse
parser = argparse.ArgumentParser(description="How long tasks wait for a CPU")
parser.add_argument("-p", "--pid", help="this process only")
args = parser.parse_args()
bpf_text = """
#include <uapi/linux/ptrace.h>
struct key_t { u32 pid; u64 slot; };
BPF_HASH(start, u32);
static int wake(struct task_struct *p) { u64 ts = bpf_ktime_get_ns(); start.update(&p->pid, &ts); return 0; }
RAW_TRACEPOINT_PROBE(sched_wakeup) {
    struct task_struct *p = (struct task_struct *)ctx->args[0];
    return wake(p);
}
TRACEPOINT_PROBE(sched, sched_switch)
{
    char name[TASK_COMM_LEN];
    u32 pid = args->next_pid; // who comes
    if (FILTER) return 0;
    TP_DATA_LOC_READ_CONST(name, next_comm, 16);
    bpf_trace_printk("%d %s\\\\n", pid, args->prev_comm);
    return 0;
}
int on_exec(struct tracepoint__sched__sched_process_exec *args) { return args->pid; }
"""
if args.pid:
    bpf_text = bpf_text.replace('FILTER', 'pid != %s' % args.pid)
else:
    bpf_text = bpf_text.replace('FILTER', '0')
b = BPF(text=bpf_text)
if BPF.tracepoint_exists("sched", "sched_process_exec"):
    b.attach_tracepoint(tp="sched:sched_process_exec", fn_name="on_exec")
else:
    b.attach_kprobe(event=b.get_syscall_fnname("execve"), fn_name="on_exec")
`,
  ],
  [
    "bpf-c",
    "tick.bpf.c",
    `// SPDX-License-Identifier: GPL-2.0
#include "vmlinux.h"
#include <bpf/bpf_helpers.h>
#include <bpf/bpf_tracing.h>
#define MAX_SLOTS 26
struct event { u64 common; int pid; char comm[16]; };
struct trace_event_raw_sched_switch___old { int old_state; } __attribute__((preserve_access_index));
const volatile bool targ_pid = false;
struct { __uint(type, BPF_MAP_TYPE_HASH); __type(key, u32); } start SEC(".maps");
static __always_inline int store(void *ctx, struct event *e)
{
	for (int i = 0; i < 3; i++)
		if (!bpf_map_lookup_elem(&start, &i)) continue;
	return e->pid + sizeof(struct event);
}
SEC("tp/sched/sched_wakeup") int wakeup(struct event *ctx) { return store(ctx, ctx); }
SEC("?tracepoint/sched/sched_switch")
int handle(struct trace_event_raw_sched_switch *ctx)
{
	struct trace_event_raw_sched_switch___old *old = (void *)ctx;
	if (bpf_core_field_exists(old->old_state))
		return BPF_CORE_READ(old, old_state);
	return ctx->prev_state ? ctx->next_pid : *(int *)((void *)ctx + 24);
}
SEC("raw_tp/sys_enter") int raw(struct bpf_raw_tracepoint_args *ctx) { return ctx->args[1]; }
SEC("tp_btf/sched_process_exec")
int BPF_PROG(exec, struct task_struct *p, int old_pid, struct linux_binprm *bprm)
{
	if (LINUX_KERNEL_VERSION >= KERNEL_VERSION(5, 8, 0)) return old_pid;
	return p->tgid;
}
char LICENSE[] SEC("license") = "GPL";
`,
  ],
  ["bpf-object", "programs.bpf.o", readFileSync("test/fixtures/bpf/programs.bpf.o", "latin1")],
  [
    "bpftrace",
    "biosnoop.bt",
    `#!/usr/bin/env bpftrace
#ifndef BPFTRACE_HAVE_BTF
#include <linux/blkdev.h>
#endif
struct mine { int x; char name[8]; };
config = { missing_probes = "ignore" }
BEGIN { printf("%-12s %s\\n", "TIME", "COMM"); @limit[0] = 1ms; }
/* the request goes out */
tracepoint:block:block_rq_issue, t:block:block_rq_insert / args.bytes > 4096 && comm != "kworker" /
{
  $d = (struct mine *)args.dev;
  @start[args->dev, args->sector] = nsecs;
  if (args.rwbs == "R" || strncmp(str(args.comm), "dd", 2) == 0) { @reads = count(); }
  unroll(3) { @x[$d->x] = hist(args.nr_sector); }
  while ($i < 10) { $i++; if ($i == 5) { break; } }
}
rawtracepoint:block_rq_complete { $rq = (struct request *)arg0; @[$rq->q, args.rq->tag] = lhist(arg1, 0, 100, 10); }
#if X
t:sched:sched_process_* { @[probe] = count(); }
#else
t:syscalls:sys_enter_openat { print((args.dfd, str(args.filename))); }
#endif
interval:s:1 { clear(@start); exit(); }
`,
  ],
  [
    "go",
    "main.go",
    `package main

import ("github.com/cilium/ebpf/link"; "log")

const group = "sched"

var probes = []*manager.Probe{
	{EBPFSection: "tracepoint/raw_syscalls/sys_enter", EBPFFuncName: "enter"},
	{probes.Tracepoint, "irq:softirq_raise"},
}

// attach does not link.Tracepoint("a", "b").
func (m *Module) attach(objs *objects) (err error) {
	tp, err := link.Tracepoint(group, "sched_switch", objs.HandleSwitch, nil)
	if err != nil {
		return fmt.Errorf("attach %q: %w", \`raw
string\`, err)
	}
	defer tp.Close()
	raw, err := link.AttachRawTracepoint(link.RawTracepointOptions{
		Name: "sys_enter",
		Program: objs.Enter, /* typed below */
	})
	prog.AttachTracepoint("net:netif_rx", fd)
	spec := ebpf.ProgramSpec{Type: ebpf.Tracing, AttachType: ebpf.AttachTraceRawTp, AttachTo: "task_newtask"}
	return link.Tracepoint(names[0], 'x', nil)
}
`,
  ],
  [
    "kernel-module",
    "probe.c",
    `#include <linux/version.h>
#include <trace/events/sched.h>
#if LINUX_VERSION_CODE >= KERNEL_VERSION(5, 18, 0) && !defined(RHEL)
static void on_switch(void *data, bool preempt, struct task_struct *prev, struct task_struct *next, unsigned int state)
#else
static void on_switch(void *data, bool preempt, struct task_struct *prev, struct task_struct *next)
#endif
{
	trace_printk("%d", next->pid);
}
#define BOTH(name) \\
	LTTNG_TRACEPOINT_EVENT_INSTANCE(c, name##_entry, TP_PROTO(int x), TP_ARGS(x)) \\
	LTTNG_TRACEPOINT_EVENT_INSTANCE(c, name ## _exit, TP_PROTO(int x), TP_ARGS(x))
#if (LTTNG_KERNEL_RANGE(5,10,163, 5,11,0) || LTTNG_UBUNTU_KERNEL_RANGE(5,4,0,1, 5,5,0,0))
LTTNG_TRACEPOINT_EVENT(block_rq_issue,
	TP_PROTO(struct request_queue *q, struct request *rq), TP_ARGS(q, rq),
	TP_FIELDS(ctf_integer(dev_t, dev, rq->rq_disk ? disk_devt(rq->rq_disk) : 0)))
#endif
BOTH(irq)
static struct tracepoint_entry table[] = { { .name = "sched_wakeup", .func = on_wakeup, }, };
static int __init start(void)
{
	int ret = register_trace_sched_switch(on_switch, NULL);
	if (ret) return ret;
	for_each_kernel_tracepoint(lookup, "sched_waking");
	return tracepoint_probe_register(tp, on_switch, NULL);
}
`,
  ],
  [
    "libtraceevent",
    "ras-handler.c",
    `#include "ras.h"
static const struct { const char *name; int (*func)(struct trace_seq *, struct tep_record *, struct tep_event *, void *); } h[] = {
	{ "ras:mc_event", mc_handler },
};
static int inner(struct tep_event *event, void *record)
{
	unsigned long long val;
	if (tep_get_field_val(NULL, event, "address", record, &val, 1) < 0)
		return -1;
	return tep_get_common_field_val(NULL, event, "common_pid", record, &val, 1);
}
static int mc_handler(struct trace_seq *s, struct tep_record *record, struct tep_event *event, void *context)
{
	int len;
	char *msg = tep_get_field_raw(s, event, "msg", record, &len, 1);
	if (!msg)
		msg = tep_get_field_raw(s, event, "message", record, &len, 1);
	switch (evsel__intval(event, s, "error_type")) { case 1: return inner(event, record); default: break; }
	if (strcmp(event->name, "aer_event") == 0) { u = evsel__strval(event, s, "dev_name"); }
	return 0;
}
int main(void)
{
	if (tep_register_event_handler(tep, -1, "ras", "mc_event", mc_handler, NULL))
		add_event_handler(ras, 1, "ras", "aer_event", mc_handler, NULL);
	if (!add_event("power", "cpu_idle")) { add_event("power", "power_start"); }
	return perf->add_event("sched:sched_switch");
}
`,
  ],
  [
    "perf-script",
    "latency.py",
    `from __future__ import print_function
import os, sys
sys.path.append(os.environ['PERF_EXEC_PATH'] + '/scripts/python/Perf-Trace-Util/lib/Perf/Trace')
from perf_trace_context import *
from Core import *
def trace_begin():
    subprocess.run(["perf", "record", "-e",
        "block:block_rq_issue", "--filter", "bytes > 5"])
def sched__sched_switch(${COMMON},
        prev_comm, prev_pid, prev_prio, prev_state, next_comm, next_pid, next_prio, perf_sample_dict):
    print("%s:%d" % (prev_comm, prev_pid)) if prev_pid else None
def irq__irq_handler_entry(*args):
    pass
`,
  ],
  [
    "perf-script",
    "latency.pl",
    `#!/usr/bin/perl -w
use lib "$ENV{'PERF_EXEC_PATH'}/scripts/perl/Perf-Trace-Util/lib";
use Perf::Trace::Core;
sub sched::sched_wakeup
{
	my (${COMMON.replaceAll(/\w+/g, "$$$&")}, $comm, $pid, $prio, $target_cpu) = @_;
	printf("%s %u\\n", $comm, $pid) if $pid =~ m{^[0-9]+$};
}
`,
  ],
  [
    "perf-script",
    "record.sh",
    `#!/bin/bash
set -eu
if perf record -a -e sched:sched_switch \\
    -e irq:softirq_*:u,cycles:ppp --filter 'vec == 1 && comm != "x"' "$@"; then
  sudo perf stat -ae '{block:block_rq_issue,instructions:k}' -- sleep "\${1:-5}"
else
  perf trace --event=net:netif_rx --no-syscalls || exit $?
fi
`,
  ],
  [
    "perfetto",
    "trace.cfg",
    `# how the frames come
buffers { size_kb: 65536 fill_policy: RING_BUFFER }
data_sources: {
  config {
    name: "linux.ftrace"
    ftrace_config {
      ftrace_events: "sched/sched_switch"
      ftrace_events: ["power/*",
        "print"]
      atrace_categories: "gfx"
    }
  }
}
`,
  ],
  [
    "perfetto",
    "ftrace/i2c.proto",
    `syntax = "proto2";
package perfetto.protos;
message I2cReadFtraceEvent {
  optional string name = 1;
  optional int32 adapter_nr = 2; // x = 3;
  repeated uint32 buf = 4 [packed = true];
}
message SchedSwitchFtraceEvent { optional string prev_comm = 1; oneof one { int32 prev_pid = 2; } }
`,
  ],
  [
    "rust",
    "src/main.rs",
    `//! Attaches.
#![no_std]
use aya_ebpf::{macros::tracepoint, programs::TracePointContext};
#[tracepoint(category = "sched", name = "sched_switch")]
pub fn prog<'a>(ctx: TracePointContext) -> u32 { match try_prog(&ctx) { Ok(r) => r, Err(r) => r as u32 } }
fn try_prog(ctx: &TracePointContext) -> Result<u32, i64> {
    const PID_OFFSET: usize = 24;
    let pid: i32 = unsafe { ctx.read_at::<i32>(24)? };
    let comm: [u8; 16] = unsafe { ctx.read_at(8)? };
    let c = 'x'; let r = r#"a "quoted" text"#; /* nested /* comments */ */
    Ok(pid as u32 + unsafe { ctx.read_at::<u32>(PID_OFFSET)? })
}
#[raw_tracepoint(tracepoint = "sys_enter")]
fn raw(ctx: RawTracePointContext) -> i32 { let regs: *const pt_regs = ctx.arg(0); 0 }
#[btf_tracepoint(function = "task_newtask")]
fn typed(ctx: BtfTracePointContext) -> i32 { ctx.arg::<u64>(1); 0 }
fn main() -> anyhow::Result<()> {
    let p: &mut TracePoint = ebpf.program_mut("prog").unwrap().try_into()?;
    p.load()?;
    p.attach("net", "netif_rx").context(format!("{name}"))?;
    obj.attach_tracepoint(TracepointCategory::RawSyscalls, "sys_exit")?;
    Ok(())
}
`,
  ],
  [
    "tetragon",
    "policy.yaml",
    `apiVersion: cilium.io/v1alpha1
kind: TracingPolicy
metadata: &meta
  name: "watch"   # whom
  annotations: {a: b, "c": 'd'}
spec:
  tracepoints:
  - subsystem: "raw_syscalls"
    event: sys_enter
    args:
    - index: 4
      type: "syscall64"
    - {index: 5, type: uint64}
    selectors: &all
    - matchArgs:
      - index: 4
        operator: "InMap"
        values: ["list:dups"]
  - subsystem: sched
    event: sched_process_exec
    raw: true
    selectors: *all
    args: [{index: 2, type: linux_binprm}]
---
kind: TracingPolicyNamespaced
metadata: {name: other}
spec:
  tracepoints:
  - subsystem: net
    event: >-
      netif_rx
`,
  ],
  [
    "tracefs-shell",
    "trace.sh",
    `#!/bin/sh
T=/sys/kernel/tracing
cd "$T" || exit
[ -d events/sched/sched_switch ] && echo 1 > events/sched/sched_switch/enable
filter='rwbs ~ "*R*"'
filter="\${filter} && dev == $dev"
echo "$filter" > events/block/block_rq_issue/filter
echo 'hist:keys=next_pid:lat=common_timestamp.usecs-$ts0:onmatch(sched.sched_waking).trace(w,$lat,next_prio) if prio < 100' >> events/sched/sched_switch/trigger
for e in irq_handler_entry softirq_raise; do
	cat $T/events/irq/\${e}/format | awk '/field:/ { print $1 }'
done
case $1 in a) echo 'net:netif_rx kmem:*' '!a:x' >> $T/set_event ;; esac
echo 'e:mine sched/sched_wakeup pid=$pid:u32' >> dynamic_events
cat <<-'END' | sudo tee -a /tmp/x
	echo 1 > events/timer/enable
END
trace-cmd record -e sched:sched_switch -f 'prev_pid == 1' -R 'hist:keys=next_pid' -e irq "$(which sleep)" 1 &
`,
  ],
];
