// Names of ELF sections that libbpf and its like attach by: `tp/sched/sched_switch`, `raw_tp/sys_enter`, `tp_btf/task_newtask`.

import type { Attach, Target } from "../use.ts";

const SECTIONS: Readonly<Record<string, Attach>> = {
  tp: "tp",
  tracepoint: "tp",
  raw_tp: "raw_tp",
  raw_tracepoint: "raw_tp",
  "raw_tp.w": "raw_tp",
  "raw_tracepoint.w": "raw_tp",
  tp_btf: "tp_btf",
};

/** What a section is attached to; undefined for other sections and for text that is none. */
export function parseSection(section: string): { readonly attach: Attach; readonly target: Target } | undefined {
  if (section.length > 200) return undefined;
  const [kind = "", ...names] = section.split("/");
  const attach = Object.hasOwn(SECTIONS, kind) ? SECTIONS[kind] : undefined;
  if (!attach || names.length === 0 || !names.every((name) => /^\w+$/.test(name))) return undefined;
  const [first = "", second] = names;
  if (attach === "tp") return second === undefined ? undefined : { attach, target: { system: first, name: second } };
  return names.length === 1 ? { attach, target: { name: first } } : undefined;
}
