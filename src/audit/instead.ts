// What to write so that a program works with the kernels on which it does not hold now.
// Invariant: code compiles as it stands once it is put into the program; names are those of the use.

import type { Instead } from "./audit-report.ts";
import { describeSubject } from "./describe.ts";
import { isRaw, targetId } from "./kernel-view.ts";
import { isBad, type Row } from "./matrix.ts";
import type { Use } from "./use.ts";

/** Suggests for one dependency; `fallback` names the events that are nearest to one that is absent. */
export function insteadOf({ use, verdicts }: Row, fallback: readonly string[]): readonly Instead[] {
  const bad = verdicts.filter(isBad);
  if (bad.length === 0) return [];
  const isAbsent = bad.some(({ status }) => status === "absent");
  const isSilent = bad.some(({ outcome }) => outcome === "silent");
  const breaks = bad.some(({ status }) => status === "breaks");
  return [
    ...(isAbsent && use.subject === undefined ? absent(use, fallback) : []),
    ...(breaks ? broken(use, isSilent) : []),
    ...(hasVersionCheck(use) ? [VERSION_CHECK] : []),
  ];
}

const VERSION_CHECK: Instead = {
  text: "check for the thing itself and not for the version: stable branches and distributions take such changes, too",
};

function hasVersionCheck({ guards = [] }: Use): boolean {
  return guards.some(({ kind }) => kind === "version");
}

function absent(use: Use, fallback: readonly string[]): readonly Instead[] {
  const near: Instead[] =
    fallback.length === 0 ? [] : [{ text: `where it is absent, the nearest: ${fallback.join(", ")}` }];
  return [...near, leaveOut(use)];
}

/** How the program is left out where its event is not there. */
function leaveOut(use: Use): Instead {
  const { system, name } = use.target;
  const path = `/sys/kernel/tracing/events/${system ?? ""}/${name}`;
  switch (languageOf(use)) {
    case "bcc":
      return isRaw(use)
        ? { text: "catch the exception of attach_raw_tracepoint" }
        : { text: "attach only where the event is there", code: `BPF.tracepoint_exists("${system ?? ""}", "${name}")` };
    case "bpftrace":
      return {
        text: "put the probe into a script of its own: bpftrace refuses a script with an event that is not there",
      };
    case "other":
      return { text: `look for ${isRaw(use) ? "the tracepoint" : path} first` };
    case "c":
      return isRaw(use)
        ? {
            text: "load the program only where the tracepoint is there",
            code: `bpf_program__set_autoload(skel->progs.${use.program}, ${hasTypedTracepoint(name)});`,
          }
        : {
            text: "load the program only where the event is there",
            code: `bpf_program__set_autoload(skel->progs.${use.program}, access("${path}", F_OK) == 0);`,
          };
  }
}

function broken(use: Use, isSilent: boolean): readonly Instead[] {
  const { subject, target, contract, kind } = use;
  const what = describeSubject(subject);
  switch (subject?.is) {
    case "member":
      return [
        {
          text: "ask for the member before it is read",
          code: `bpf_core_field_exists(struct ${subject.struct}, ${subject.name})`,
        },
      ];
    case "bytes":
      return [
        {
          text: `read ${subject.name === undefined ? "the field" : `'${subject.name}'`} by its name, through CO-RE or the format file of ${targetId(target)}`,
        },
      ];
    case "argument":
      if (kind === "module" || use.attach === "module") {
        return [{ text: "choose the prototype by a test of the build for what the header declares" }];
      }
      if (languageOf(use) === "bpftrace")
        return [{ text: "take the argument by its name, which bpftrace finds in BTF" }];
      return [
        ...(use.attach === "raw_tp" && isSilent
          ? [{ text: `attach as tp_btf/${target.name}: most wrong types are refused there, and give wrong data here` }]
          : []),
        {
          text: "choose between two programs by the number of arguments: the parameters behind btf_trace, less the first",
          code: countArguments(target.name),
        },
      ];
    case "positions":
      return [{ text: "take the fields by name: handle trace_unhandled(event_name, context, event_fields_dict)" }];
    case "field":
      return languageOf(use) === "bpftrace"
        ? [{ text: `have a script for kernels that lack ${what}: bpftrace checks all names before it starts` }]
        : [{ text: `look for ${what} in the format file of ${targetId(target)} first` }];
    case "field-index":
    case "symbol":
    case undefined:
      if (use.attach === "tp_btf" && languageOf(use) === "c") return [untypedToo(use)];
      return contract === "existence" ? [] : [{ text: `take ${what} by its name from the format file` }];
  }
}

/** What kernels without typed programs can load, which all take it. */
function untypedToo({ target: { name }, program }: Use): Instead {
  return {
    text: `have a program on raw_tp/${name} for kernels that load no typed ones, and load one of the two`,
    code: `bpf_program__set_autoload(skel->progs.${program}, ${hasTypedTracepoint(name)});`,
  };
}

/** libbpf looks for `btf_trace_x` in the kernel's BTF (libbpf_find_vmlinux_btf_id in tools/lib/bpf/libbpf.c@v6.12). */
function hasTypedTracepoint(name: string): string {
  return `libbpf_find_vmlinux_btf_id("${name}", BPF_TRACE_RAW_TP) > 0`;
}

/** `btf_trace_x` is a typedef of a pointer to the prototype (include/trace/bpf_probe.h@v6.12). */
function countArguments(name: string): string {
  return [
    `int id = btf__find_by_name_kind(vmlinux, "btf_trace_${name}", BTF_KIND_TYPEDEF);`,
    "const struct btf_type *pointer = btf__type_by_id(vmlinux, btf__type_by_id(vmlinux, id)->type);",
    "int arguments = btf_vlen(btf__type_by_id(vmlinux, pointer->type)) - 1;",
  ].join("\n");
}

function languageOf({ reader, kind }: Use): "c" | "bcc" | "bpftrace" | "other" {
  if (kind === "bcc" || reader.startsWith("bcc")) return "bcc";
  if (reader === "bpftrace") return "bpftrace";
  return reader.startsWith("bpf") || reader.includes("object") ? "c" : "other";
}
