// Reads probes of kernel modules: LTTng's event headers, register_trace_*(), and tracepoints looked up by name. Invariant: an
// argument's index is its place in TP_PROTO, so the data pointer that probes get first is not counted.

import { collector, type Collector, type Program } from "../collect.ts";
import type { Surroundings, ToolFile, UseReader } from "../reader.ts";
import { companionsOf } from "../text/companions.ts";
import { conditionsOf } from "../text/conditions.ts";
import { languageOf } from "../text/language.ts";
import { C } from "../text/scan.ts";
import {
  type Call,
  callsOf,
  type FunctionBody,
  functionsOf,
  insideOf,
  isToken,
  literalOf,
  type Range,
  type Source,
  sourceOf,
  splitAtCommas,
  textOf,
  wordOf,
} from "../text/source.ts";
import type { Guard } from "../use.ts";

export const kernelModule: UseReader = {
  id: "kernel-module",
  title: "kernel modules: LTTng's events, register_trace_*(), tracepoints found by name",
  claims: (file) =>
    languageOf(file) === "c" &&
    ["LTTNG_TRACEPOINT_EVENT", "register_trace_", "for_each_kernel_tracepoint"].some((needle) =>
      file.text.includes(needle),
    ),
  read: (file, around) => {
    const out = collector("kernel-module", file);
    const source = sourceOf(file, C);
    const macros = wrappersOf(source);
    const place: Place = { source, functions: functionsOf(source), conditions: conditionsOf(source), macros };
    const isLttng = (name: string): boolean => name.startsWith("LTTNG_TRACEPOINT_") || macros.has(name);
    for (const call of callsOf(source, isLttng)) readLttng(out, place, call);
    for (const call of callsOf(source, (name) => /^register_trace_\w+$/.test(name))) readRegister(out, place, call);
    if (file.text.includes("for_each_kernel_tracepoint")) readLookups(out, place, file, around);
    return out.found();
  },
};

interface Place {
  readonly source: Source;
  readonly functions: readonly FunctionBody[];
  readonly conditions: (offset: number) => readonly Guard[];
  /** Macros of the file around LTTng's own. */
  readonly macros: ReadonlyMap<string, Wrapper>;
}

interface Wrapper {
  readonly params: readonly string[];
  readonly body: string;
}

/** `#define LTTNG_TRACEPOINT_EVENT_MINE(name) LTTNG_TRACEPOINT_EVENT_INSTANCE(class, name, ...)`. */
function wrappersOf(source: Source): ReadonlyMap<string, Wrapper> {
  const macros = new Map<string, Wrapper>();
  for (const { kind, text } of source.tokens) {
    const parts =
      kind === "directive" ? /^#\s*define\s+(\w+)\(([^()]*)\)\s*(?=LTTNG_TRACEPOINT_)/.exec(text) : undefined;
    if (!parts) continue;
    const params = parts[2]!.split(",").map((param) => param.trim());
    macros.set(parts[1]!, { params, body: text.slice(parts[0].length) });
  }
  return macros;
}

/** Reads what a wrapper stands for, its parameters replaced; lines and conditions are those of the call. */
function readWrapped(out: Collector, place: Place, { params, body }: Wrapper, { at, args }: Call): void {
  const { source, conditions } = place;
  const values = new Map(params.map((param, index) => [param, args[index] ? textOf(source, args[index]) : ""]));
  const text = body.replaceAll(/\w+/g, (word) => values.get(word) ?? word).replaceAll(/\s*##\s*/g, "");
  const expanded = { ...sourceOf({ text }, C), lineAt: () => source.lineAt(at) };
  const guards = conditions(source.tokens[at]!.start);
  const inner: Place = { source: expanded, functions: [], conditions: () => guards, macros: new Map() };
  for (const call of callsOf(expanded, (name) => name.startsWith("LTTNG_TRACEPOINT_"))) readLttng(out, inner, call);
}

/** Which argument of LTTng's macros is the tracepoint, and which its prototype; that of the class is the first one. */
const LTTNG_MACROS: Readonly<Record<string, { readonly tracepoint: number; readonly proto?: number }>> = {
  EVENT: { tracepoint: 0, proto: 1 },
  EVENT_CODE: { tracepoint: 0, proto: 1 },
  EVENT_MAP: { tracepoint: 0, proto: 2 },
  EVENT_CODE_MAP: { tracepoint: 0, proto: 2 },
  EVENT_NOARGS: { tracepoint: 0 },
  EVENT_INSTANCE: { tracepoint: 1, proto: 2 },
  EVENT_INSTANCE_MAP: { tracepoint: 1, proto: 3 },
  EVENT_INSTANCE_NOARGS: { tracepoint: 1 },
  EVENT_INSTANCE_MAP_NOARGS: { tracepoint: 1 },
};

/** Macros that attach to nothing by themselves: instances repeat the prototype of their class. */
const LTTNG_DEFINITIONS = /^LTTNG_TRACEPOINT_(?:EVENT_CLASS|ENUM|SYSCALL|TYPE)/;

function readLttng(out: Collector, place: Place, { name, at, args, inside }: Call): void {
  const { source } = place;
  if (LTTNG_DEFINITIONS.test(name)) return;
  const wrapper = place.macros.get(name);
  if (wrapper) return readWrapped(out, place, wrapper, { name, at, args, inside });
  const macro = LTTNG_MACROS[name.slice("LTTNG_TRACEPOINT_".length)];
  const tracepoint = macro && nameOf(source, args[macro.tracepoint]);
  const line = source.lineAt(at);
  if (!macro || tracepoint === undefined) {
    const text = textOf(source, { from: at, to: Math.min(inside.to + 1, at + 8) });
    return out.notUnderstood(line, text, "a macro around LTTng's own: which tracepoint it attaches to is not known");
  }
  const program = moduleProgram(tracepoint, tracepoint);
  const guards = place.conditions(source.tokens[at]!.start);
  out.use(program, "existence", source.lineAt(args[macro.tracepoint]!.from), { guards });
  const proto = macro.proto === undefined ? undefined : args[macro.proto];
  if (!proto || !isToken(source, proto.from, "TP_PROTO")) return;
  const inParentheses = insideOf(source, proto.from + 1);
  if (inParentheses) useArguments(out, place, program, splitAtCommas(source, inParentheses), guards);
}

/** Names of tracepoints may begin with a digit: `9p_client_req`. */
function nameOf(source: Source, range: Range | undefined): string | undefined {
  const text = range ? textOf(source, range) : "";
  return /^\w+$/.test(text) ? text : undefined;
}

function moduleProgram(program: string, tracepoint: string): Program {
  return { program, attach: "module", target: { name: tracepoint }, kind: "module" };
}

/** One use for each parameter: `struct task_struct *p` is named `p`, of type `struct task_struct *`. */
function useArguments(
  out: Collector,
  { source, conditions }: Place,
  program: Program,
  params: readonly Range[],
  guards: readonly Guard[],
): void {
  params.forEach((param, index) => {
    const all = source.tokens.slice(param.from, param.to);
    // Of a parameter that depends on a condition the first variant is read.
    const other = all.findIndex(({ kind, text }) => kind === "directive" && /^#\s*el/.test(text));
    const words = all.slice(0, other < 0 ? undefined : other).filter(({ kind }) => kind !== "directive");
    if (words.length === 0 || (words.length === 1 && words[0]!.text === "void")) return;
    const name = words.length > 1 && words.at(-1)!.kind === "word" ? words.at(-1)!.text : undefined;
    const type = words.slice(0, name === undefined ? undefined : -1).map(({ text }) => text);
    const inner = conditions(words[0]!.start).slice(guards.length);
    out.use(program, "args", source.lineAt(source.tokens.indexOf(words[0]!, param.from)), {
      subject: { is: "argument", index, ...(name ? { name } : {}), type: type.join(" ") },
      guards: [...guards, ...inner],
    });
  });
}

/** `register_trace_sched_switch(probe, data)`: the tracepoint is in the name, its arguments are those of the probe. */
function readRegister(out: Collector, place: Place, { name, at, args }: Call): void {
  const tracepoint = name.slice("register_trace_".length);
  // A declaration or a prototype says `int register_trace_x(void (*probe)(...), void *data)`.
  const probe = wordOf(place.source, args[0]);
  if (probe === undefined || tracepoint.startsWith("prio_")) return;
  useProbe(out, place, moduleProgram(probe, tracepoint), at);
}

/** The event itself and the arguments of the function that is called for it, if the file defines that. */
function useProbe(out: Collector, place: Place, program: Program, at: number): void {
  const { source, conditions } = place;
  const guards = conditions(source.tokens[at]!.start);
  out.use(program, "existence", source.lineAt(at), { guards });
  for (const body of probesNamed(place, program.program)) {
    useArguments(out, place, program, body.params, conditions(source.tokens[body.at]!.start));
  }
}

interface Probe {
  readonly at: number;
  readonly params: readonly Range[];
}

/** `static void probe(void *data, ...) {`, or `TRACEPOINT_PROBE(probe, ...) {` where a macro adds the first one. */
function probesNamed({ source, functions }: Place, name: string): readonly Probe[] {
  const plain = functions
    .filter((body) => body.name === name)
    .map(({ at, params }) => ({ at, params: params.slice(1) }));
  const wrapped = callsOf(source, (macro) => macro === "TRACEPOINT_PROBE")
    .filter(({ args, inside }) => wordOf(source, args[0]) === name && !isToken(source, inside.to + 1, ";"))
    .map(({ at, args }) => ({ at, params: args.slice(1) }));
  return [...plain, ...wrapped];
}

/** A tracepoint that is looked up by name, and where its address is kept. */
interface Lookup {
  readonly name: string;
  readonly at: number;
  readonly variable?: string;
  readonly probe?: string;
}

/** `for_each_kernel_tracepoint(f, ...)`, where `f` compares `tp->name` with the names that the module wants. */
function readLookups(out: Collector, place: Place, file: ToolFile, around: Surroundings): void {
  const { source } = place;
  const names = indexedLiterals([source, ...companionsOf(file, around).map((other) => sourceOf(other, C))]);
  const lookups = callsOf(source, (name) => /^strn?cmp$/.test(name)).flatMap((call): readonly Lookup[] => {
    const isName = call.args.some((arg) => isToken(source, arg.to - 1, "name") && isToken(source, arg.to - 2, "->"));
    if (!isName) return [];
    const name = call.args.map((arg) => literalOf(source, arg) ?? indexed(source, arg, names)).find(Boolean);
    const variable = assignedAfter(source, call.inside.to + 1);
    return name === undefined ? [] : [{ name, at: call.at, ...(variable ? { variable } : {}) }];
  });
  const rows = lookups.length === 0 ? tableRows(place) : [];
  const probes = probesOfVariables(place, new Set(lookups.flatMap(({ variable }) => variable ?? [])));
  for (const lookup of [...lookups, ...rows]) {
    const probe = lookup.probe ?? (lookup.variable === undefined ? undefined : probes.get(lookup.variable));
    useProbe(out, place, moduleProgram(probe ?? lookup.name, lookup.name), lookup.at);
  }
  if (lookups.length + rows.length > 0) return;
  for (const { at, inside } of callsOf(source, (name) => name === "for_each_kernel_tracepoint")) {
    const text = textOf(source, { from: at, to: inside.to + 1 });
    out.notUnderstood(source.lineAt(at), text, "the names of the tracepoints are not literals in this file");
  }
}

/** Tables such as `names[] = { [SWITCH] = "sched_switch" }` or `#define LIST X(SWITCH, "sched_switch")`: index to text. */
function indexedLiterals(sources: readonly Source[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const source of sources) {
    for (const { kind, text } of source.tokens) {
      if (kind !== "directive") continue;
      for (const [, name, value] of text.matchAll(/\(\s*(\w+)\s*,\s*"(\w+)"\s*\)/g)) names.set(name!, value!);
    }
    source.tokens.forEach((token, at) => {
      if (token.kind !== "string" || !isToken(source, at - 1, "=") || !isToken(source, at - 2, "]")) return;
      const open = source.partner[at - 2]!;
      if (open === at - 4) names.set(source.tokens[at - 3]!.text, token.text);
    });
  }
  return names;
}

/** The text behind `names[SWITCH]`. */
function indexed(source: Source, arg: Range, names: ReadonlyMap<string, string>): string | undefined {
  return isToken(source, arg.to - 1, "]") ? names.get(source.tokens[arg.to - 2]!.text) : undefined;
}

/** `x` in `if (!strcmp(...)) x = tp;`. */
function assignedAfter(source: Source, from: number): string | undefined {
  for (let at = from; at < from + 6; at++) {
    if (isToken(source, at, "=") && source.tokens[at - 1]?.kind === "word") return source.tokens[at - 1]!.text;
  }
  return undefined;
}

/** The probes that calls get together with the variable of a tracepoint. */
function probesOfVariables(place: Place, variables: ReadonlySet<string>): ReadonlyMap<string, string> {
  const { source, functions } = place;
  const wrapped = callsOf(source, (name) => name === "TRACEPOINT_PROBE").flatMap(
    ({ args }) => wordOf(source, args[0]) ?? [],
  );
  const defined = new Set([...functions.map(({ name }) => name), ...wrapped]);
  const probes = new Map<string, string>();
  for (const { args } of callsOf(source, (name) => name.includes("trace"))) {
    const words = args.flatMap((arg) => wordOf(source, arg) ?? []);
    const variable = words.find((word) => variables.has(word));
    const probe = words.find((word) => defined.has(word));
    if (variable !== undefined && probe !== undefined) probes.set(variable, probe);
  }
  return probes;
}

/** `{ .name = "sched_switch", .fun = probe }`: rows that the lookup goes through. */
function tableRows({ source, functions }: Place): readonly Lookup[] {
  const defined = new Set(functions.map(({ name }) => name));
  return source.tokens.flatMap((_, at): readonly Lookup[] => {
    const inside = isToken(source, at, "{") ? insideOf(source, at) : undefined;
    if (!inside || inside.to - inside.from > 20) return [];
    const cells = splitAtCommas(source, inside).map(({ to }) => ({ from: to - 1, to }));
    const name = cells.find((cell) => source.tokens[cell.from]?.kind === "string");
    const probe = cells.map((cell) => wordOf(source, cell)).find((word) => word !== undefined && defined.has(word));
    return name && probe ? [{ name: source.tokens[name.from]!.text, at: name.from, probe }] : [];
  });
}
