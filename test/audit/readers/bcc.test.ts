// Small programs of bcc and the uses in them.

import { expect, test } from "@jest/globals";

import { bcc } from "../../../src/audit/readers/bcc.ts";
import { linesOf, readText, toolFile } from "./uses.ts";

const PROGRAMS: readonly (readonly [string, string, string, readonly string[]])[] = [
  [
    "fields of a probe, on their lines",
    "a.py",
    `from bcc import BPF
text = """
TRACEPOINT_PROBE(block, block_rq_issue)
{
    bpf_trace_printk("%d\\n", args->bytes);
    char name[8];
    TP_DATA_LOC_READ_CONST(name, cmd, 8);
    FILTER
    return args->data_loc_disk;
}
"""
b = BPF(text=text.replace("FILTER", "if (x) return 0;"))`,
    [
      "3 tp existence block:block_rq_issue",
      "5 tp fields block:block_rq_issue .bytes",
      "7 tp fields block:block_rq_issue .data_loc_cmd",
      "9 tp fields block:block_rq_issue .data_loc_disk",
    ],
  ],
  [
    "arguments of a raw tracepoint",
    "a.py",
    `text = '''
static int count(struct task_struct *p) { return p->pid; }
RAW_TRACEPOINT_PROBE(sched_switch) {
    struct task_struct *next = (struct task_struct *)ctx->args[2];
    return count(next);
}
'''`,
    ["3 raw_tp existence sched_switch", "4 raw_tp args sched_switch #2 next:struct task_struct *"],
  ],
  [
    "functions attached to events, behind a check",
    "a.py",
    `text = """
struct record { u64 common; int pid; };
int on_a(struct record *args) { return args->pid; }
int on_b(void *ctx) { return 0; }
"""
if BPF.tracepoint_exists("s", "a"):
    b.attach_tracepoint(tp="s:a", fn_name="on_a")
elif not BPF.tracepoint_exists("s", "b"):
    b.attach_kprobe(event="f", fn_name="on_b")
else:
    b.attach_tracepoint(tp="s:b", fn_name="on_b")
    b.attach_raw_tracepoint(tp="c", fn_name="elsewhere")
b.attach_tracepoint(tp_re="s:.*", fn_name="on_b")`,
    [
      '3 tp existence s:a [event BPF.tracepoint_exists("s", "a")]',
      '3 tp layout s:a +8:4 [event BPF.tracepoint_exists("s", "a")]',
      '4 tp existence s:b [!event BPF.tracepoint_exists("s", "a"); event BPF.tracepoint_exists("s", "b")]',
      '12 raw_tp existence c [!event BPF.tracepoint_exists("s", "a"); event BPF.tracepoint_exists("s", "b")]',
      "13 ?? the event is chosen at run time",
    ],
  ],
  [
    "texts that are put together behind checks",
    "a.py",
    `text = "int x;"
new_text = """
TRACEPOINT_PROBE(s, NAME) { return args->f; }
"""
if BPF.kernel_struct_has_field("trace_event_raw_s", "f") == 1:
    text += new_text
tp = "one"
text = text.replace("NAME", tp)`,
    [
      '3 tp existence s:one [field BPF.kernel_struct_has_field("trace_event_raw_s", "f") == 1]',
      '3 tp fields s:one .f [field BPF.kernel_struct_has_field("trace_event_raw_s", "f") == 1]',
    ],
  ],
  [
    "an event that the script makes up",
    "a.py",
    'text = """\nTRACEPOINT_PROBE(%s, %s) { return 0; }\nTRACEPOINT_PROBE(s, KIND_on) { return 0; }\n"""\ntext.replace("KIND", kind())',
    ["2 ?? the event is chosen at run time", "3 ?? the event is chosen at run time"],
  ],
  [
    "programs that the script puts together",
    "a.py",
    `# TRACEPOINT_PROBE(%s, %s)
head = "TRACEPOINT_PROBE(%s, %s)" % (system, event)
head = f"RAW_TRACEPOINT_PROBE({event})"
text = "TRACEPOINT_PROBE(" + system + ", " + event + ")"
text = """
// TRACEPOINT_PROBE(s, comment)
TRACEPOINT_PROBE(s, plain) { return 0; }
TRACEPOINT_PROBE(""" + system + """, e)
{ return 0; }
"""
line = 'TRACEPOINT_PROBE(s, whole) { return args->f; }'
text = f"""
TRACEPOINT_PROBE({system}, e) {{ return 0; }}
TRACEPOINT_PROBE(s, headless)
"""`,
    [
      "7 tp existence s:plain",
      "11 tp existence s:whole",
      "11 tp fields s:whole .f",
      "8 ?? the event is chosen at run time",
      "13 ?? the event is chosen at run time",
      "2 ?? the program is put together at run time",
      "3 ?? the program is put together at run time",
      "4 ?? the program is put together at run time",
      "14 ?? the program is put together at run time",
    ],
  ],
  [
    "a script that makes up all of its programs",
    "a.py",
    'text = f"TRACEPOINT_PROBE({system}, {event})" + body',
    ["1 ?? the program is put together at run time"],
  ],
  [
    "C text in C++",
    "a.cc",
    `const std::string text = R"(
#include <linux/mm_types.h>
int on(struct bpf_raw_tracepoint_args *ctx) { long n = ctx->args[1]; return n; }
)";
int main() { bpf.attach_raw_tracepoint("sched_switch", "on"); }`,
    ["3 raw_tp existence sched_switch", "3 raw_tp args sched_switch #1 n:long"],
  ],
  [
    "a C file that a script loads",
    "a.c",
    "TRACEPOINT_PROBE(net, netif_rx) {\n    return args->len;\n}",
    ["1 tp existence net:netif_rx", "2 tp fields net:netif_rx .len"],
  ],
];

test.each(PROGRAMS)("reads %s", (_, path, text, want) => {
  expect(linesOf(readText(bcc, path, text))).toEqual(want);
});

test("only reads by name are those of bcc's own kind", () => {
  const { uses } = readText(bcc, "a.c", "TRACEPOINT_PROBE(a, b) { return args->f; }");
  expect(uses.map(({ contract, kind }) => [contract, kind])).toEqual([
    ["existence", undefined],
    ["fields", "bcc"],
  ]);
});

test.each([
  ["a module's own macro of that name", "main.c", "TRACEPOINT_PROBE(exit_probe, struct task_struct *p) { }"],
  ["libbpf's functions", "main.c", 'bpf_program__attach_tracepoint(p, "a", "b");'],
  ["a script that attaches kprobes", "a.py", 'b.attach_kprobe(event="f", fn_name="g")'],
])("leaves %s alone", (_, path, text) => {
  expect(bcc.claims(toolFile(path, text))).toBe(false);
});
