// What the loader of a BPF object asks the kernel before it loads it: programs that it leaves out, variables that it sets.
// Invariant: only what hangs on the kernel is a guard; what a user chooses on the command line is none.

import type { Surroundings, ToolFile } from "../reader.ts";
import { branchesOf } from "../text/branches.ts";
import { kernelTests, type TestPlace } from "../text/kernel-tests.ts";
import { C } from "../text/scan.ts";
import { lastNotAfter } from "../text/lines.ts";
import { callsOf, type FunctionBody, functionsOf, isToken, literalOf, type Range, sourceOf } from "../text/source.ts";
import type { Guard } from "../use.ts";

export interface Loader {
  /** What has to hold for a program to be loaded, by the program's name. */
  readonly programs: ReadonlyMap<string, readonly Guard[]>;
  /** What a variable of the object says where it is true, by its name. */
  readonly variables: Readonly<Record<string, Guard>>;
}

const NONE: Loader = { programs: new Map(), variables: {} };
const SETTERS: ReadonlySet<string> = new Set(["bpf_program__set_autoload", "bpf_program__set_autoattach"]);

/** A loader is named as its object is: `x.c` or `x_user.c` loads `x.bpf.c`. */
const BPF_SOURCE = /^(?:.*\/)?([^/]+?)(?:\.bpf|[._]kern)?\.c$/;
const LOADERS = [".c", "_user.c", ".user.c", ".cpp", ".cc", ".cxx"];

/** The loaders of large tools have some dozen. */
const MOST_SETTINGS = 2000;

const known = new WeakMap<ToolFile, Loader>();

/** What the loader of a BPF C file says, if there is one that is named so. */
export function loaderOf(file: ToolFile, around: Surroundings): Loader {
  const stem = BPF_SOURCE.exec(file.path)?.[1];
  if (stem === undefined) return NONE;
  for (const ending of LOADERS) {
    const loader = around.find(`${stem}${ending}`, file);
    if (loader === undefined || loader.path === file.path || !/set_auto|rodata/.test(loader.text)) continue;
    const found = known.get(loader) ?? readLoader(loader);
    known.set(loader, found);
    return found;
  }
  return NONE;
}

function readLoader(file: ToolFile): Loader {
  const source = sourceOf(file, C);
  const all = functionsOf(source);
  const functions = new Map(all.map((one) => [one.name, one]));
  const functionAt = functionFinder(all);
  // What stands outside of all functions is a declaration.
  const calls = callsOf(source, (name) => functions.has(name)).filter(({ at }) => functionAt(at) !== undefined);
  const place: LoaderPlace = {
    source,
    functions,
    functionAt,
    callers: new Map(calls.toReversed().map(({ name, at }) => [name, at])),
    file: file.path.slice(file.path.lastIndexOf("/") + 1),
    branchesAt: branchesOf(source),
  };
  const programs = new Map<string, readonly Guard[]>();
  for (const { args, at } of callsOf(source, (name) => SETTERS.has(name)).slice(0, MOST_SETTINGS)) {
    const program = programIn(place, args[0]);
    if (program === undefined || args[1] === undefined) continue;
    const guards = programs.get(program) ?? [];
    programs.set(program, [...guards, ...settingOf(place, args[1], at)]);
  }
  return { programs, variables: variablesOf(place) };
}

interface LoaderPlace extends TestPlace {
  readonly branchesAt: ReturnType<typeof branchesOf>;
  readonly functionAt: (at: number) => FunctionBody | undefined;
  /** Where each function is called first, by its name. */
  readonly callers: ReadonlyMap<string, number>;
}

function functionFinder(functions: readonly FunctionBody[]): LoaderPlace["functionAt"] {
  const starts = functions.map(({ body }) => body.from);
  return (at) => {
    const found = functions[lastNotAfter(starts, at)];
    return found !== undefined && at < found.body.to ? found : undefined;
  };
}

/** `skel->progs.x`, or the program that is looked up by its name. */
function programIn({ source }: TestPlace, range: Range | undefined): string | undefined {
  if (range === undefined) return undefined;
  const last = source.tokens[range.to - 1];
  if (isToken(source, range.to - 3, "progs") && last?.kind === "word") return last.text;
  const [found] = callsOf(source, (name) => name === "bpf_object__find_program_by_name", range);
  return found === undefined ? undefined : literalOf(source, found.args[1]);
}

/** What has to hold after `set_autoload(x, value)` at a place: that value, or that the place is (or is not) come to. */
function settingOf(place: LoaderPlace, value: Range, at: number): readonly Guard[] {
  const { source } = place;
  if (value.to !== value.from + 1) return kernelTests(place, value);
  const isOff = isToken(source, value.from, "false") || isToken(source, value.from, "0");
  const isOn = isToken(source, value.from, "true") || isToken(source, value.from, "1");
  if (!isOff && !isOn) return [];
  return reachedIf(place, at, isOn);
}

/**
 * What the kernel must answer for a place to be come to, or not to be; nothing if a user's choice stands between. In a function
 * for that alone, what its first caller asks.
 */
function reachedIf(place: LoaderPlace, at: number, isReached: boolean, depth = 0): readonly Guard[] {
  const nearest = place.branchesAt(at).at(-1);
  if (nearest !== undefined) return kernelTests(place, nearest.condition, nearest.negated === isReached);
  const around = place.functionAt(at);
  const caller = around === undefined ? undefined : place.callers.get(around.name);
  return caller === undefined || depth > 2 ? [] : reachedIf(place, caller, isReached, depth + 1);
}

/** `skel->rodata->x = has_x();`, `if (has_x()) skel->rodata->x = true;` */
function variablesOf(place: LoaderPlace): Readonly<Record<string, Guard>> {
  const { source } = place;
  const variables: Record<string, Guard> = {};
  source.tokens.forEach((_, at) => {
    const isSet = /^(?:rodata|bss|data)$/.test(source.tokens[at]!.text) && isToken(source, at + 1, "->");
    const name = source.tokens[at + 2];
    if (!isSet || name?.kind !== "word" || !isToken(source, at + 3, "=")) return;
    const value = { from: at + 4, to: endOfStatement(source, at + 4) };
    const isTrue = value.to === value.from + 1 && /^(?:true|1)$/.test(source.tokens[value.from]?.text ?? "");
    const [guard, ...more] = isTrue ? reachedIf(place, at, true) : kernelTests(place, value);
    if (guard === undefined) return;
    // Several answers at once are none that a variable could stand for in either direction.
    variables[name.text] =
      more.length === 0 ? guard : { kind: "optional", text: `${name.text} as ${place.file} sets it`, line: 0 };
  });
  return variables;
}

function endOfStatement(source: TestPlace["source"], from: number): number {
  const end = Math.min(from + 100, source.tokens.length);
  for (let at = from; at < end; at++) if (isToken(source, at, ";")) return at;
  return end;
}
