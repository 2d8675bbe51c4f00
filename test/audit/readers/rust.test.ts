// Small Rust programs that attach to events or are BPF programs themselves, and the uses in them.

import { describe, expect, test } from "@jest/globals";

import { rust } from "../../../src/audit/readers/rust.ts";
import { linesOf, readText } from "./uses.ts";

const PROGRAMS: readonly (readonly [string, string, readonly string[]])[] = [
  [
    "aya attaches",
    'fn main() {\n  let p: &mut TracePoint = b.program_mut("f").unwrap().try_into()?;\n  p.load()?;\n' +
      '  p.attach("sched", "sched_switch")?;\n  let q: &mut programs::RawTracePoint = x()?;\n  q.attach("sys_enter")?;\n' +
      '  let r: &mut BtfTracePoint = y()?;\n  r.load("task_newtask", &btf)?;\n  r.attach()?;\n}\n',
    ["4 tp existence sched:sched_switch", "6 raw_tp existence sys_enter", "8 tp_btf existence task_newtask"],
  ],
  [
    "the kind is said in a turbofish",
    'let p = b.program_mut("f").unwrap().try_into::<&mut TracePoint>()?;\np.attach("a", "b")?;\n',
    ["2 tp existence a:b"],
  ],
  [
    "libbpf-rs",
    'p.attach_tracepoint("a", "b")?;\np.attach_tracepoint(TracepointCategory::RawSyscalls, "sys_enter")?;\n' +
      'p.attach_raw_tracepoint("c")?;\n',
    ["1 tp existence a:b", "2 tp existence raw_syscalls:sys_enter", "3 raw_tp existence c"],
  ],
  [
    "a BPF program on a tracepoint",
    '#[tracepoint(category = "sched", name = "sched_switch")]\npub fn prog(ctx: TracePointContext) -> u32 {\n' +
      "  match try_prog(ctx) { Ok(r) => r, Err(r) => r }\n}\nfn try_prog(ctx: TracePointContext) -> Result<u32, i64> {\n" +
      "  let pid: i32 = unsafe { ctx.read_at::<i32>(24)? };\n  let comm: [u8; 16] = ctx.read_at(8)?;\n}\n",
    [
      "1 tp existence sched:sched_switch",
      "6 tp layout sched:sched_switch +24:4",
      "7 tp layout sched:sched_switch +8:16",
    ],
  ],
  [
    "a raw and a typed BPF program",
    '#[raw_tracepoint(tracepoint = "sys_enter")]\nfn a(ctx: RawTracePointContext) -> i32 { let r: *const R = ctx.arg(0); 0 }\n' +
      '#[btf_tracepoint(function = "task_newtask")]\nfn b(ctx: BtfTracePointContext) -> i32 { ctx.arg::<u64>(1); 0 }\n',
    [
      "1 raw_tp existence sys_enter",
      "2 raw_tp args sys_enter #0:*const R",
      "3 tp_btf existence task_newtask",
      "4 tp_btf args task_newtask #1:u64",
    ],
  ],
  [
    "an event that is said elsewhere",
    "#[tracepoint]\nfn a(ctx: TracePointContext) -> u32 { ctx.read_at::<u64>(16); 0 }\n",
    ["2 ?? which event 'a' is attached to is said elsewhere"],
  ],
  [
    "names that come from elsewhere",
    "let p: &mut TracePoint = x();\np.attach(category, name)?;\n",
    ["2 ?? the event's name is not a literal"],
  ],
  [
    "a section",
    '#[link_section = "tp_btf/task_newtask"]\nlet s = "tracepoint/a/b"; // tracepoint TracePoint\n',
    ["1 tp_btf existence task_newtask"],
  ],
  [
    "a program of unknown kind",
    'use aya::TracePoint;\nlet f = |p: &mut P| p.attach("a", "b");\n',
    ["2 ?? what kind of program this is does not stand here"],
  ],
  [
    "near misses",
    'let p: &mut Xdp = x();\np.attach("lo", "eth")?;\n// TracePoint p.attach("a", "b")\n' +
      'let q: &mut KProbe = y();\nq.attach("f", 0)?;\nlet s = "p.attach_tracepoint(a, b)";\n' +
      "impl RawTracePoint { pub fn attach(&mut self, name: &str) {} }\n",
    [],
  ],
];

describe("Rust files", () => {
  test.each(PROGRAMS)("%s", (_, text, expected) => {
    expect(linesOf(readText(rust, "main.rs", text))).toEqual(expected);
  });
});
