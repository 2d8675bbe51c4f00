// Judges one use on one kernel: guards, then whether the event is there, then what is used of it (docs/audit.md).
// Invariant: a use says what it means, or means what stands in its place in the newest kernel on which it can hold.

import { compareVersions } from "../snapshot/version.ts";
import { argumentJudge } from "./judge/argument.ts";
import { bytesJudge } from "./judge/bytes.ts";
import { fieldIndexJudge } from "./judge/field-index.ts";
import { fieldJudge } from "./judge/field.ts";
import { isPassed } from "./judge/guards.ts";
import { memberJudge } from "./judge/member.ts";
import { positionsJudge } from "./judge/positions.ts";
import type { Meaning, Place } from "./judge/subject.ts";
import { symbolJudge } from "./judge/symbol.ts";
import { judgeText, textMeaning } from "./judge/text.ts";
import { eventsOf, isGlob, isRaw, type KernelView, targetId, tracepointsOf } from "./kernel-view.ts";
import type { Attach, Guard, Use } from "./use.ts";
import { breaks, HOLDS, unknown, type Verdict, worstOf } from "./verdict.ts";

/** Kernels that can load each kind of BPF program at all; the others are older than BPF. */
const ATTACH_SINCE: Readonly<Partial<Record<Attach, string>>> = { tp: "4.7", raw_tp: "4.17", tp_btf: "5.5" };

export type Judge = (use: Use, view: KernelView) => Verdict;

/** A judge that finds out what uses mean by looking at these kernels, newest last, and at each other. */
export function createJudge(views: readonly KernelView[], uses: readonly Use[]): Judge {
  const arities = aritiesOf(uses);
  const meanings = new Map<Use, Map<string, Meaning | undefined>>();
  const meaningOf = (use: Use, key: string): Meaning | undefined => {
    const known = meanings.get(use) ?? new Map<string, Meaning | undefined>();
    meanings.set(use, known);
    if (!known.has(key)) known.set(key, findMeaning(use, key, views));
    return known.get(key);
  };
  return (use, view) => {
    const tooOld = judgeKind(use, view);
    const bare = (): Verdict => tooOld ?? judgeUse(use, view, meaningOf, arities.get(programKey(use)));
    return judgeGuarded(use, view, bare);
  };
}

function programKey({ file, program, target }: Use): string {
  return JSON.stringify([file, program, target]);
}

/** How many arguments each probe of a module is declared with. */
function aritiesOf(uses: readonly Use[]): ReadonlyMap<string, number> {
  const arities = new Map<string, number>();
  for (const use of uses) {
    const { attach, subject } = use;
    if (attach !== "module" || subject?.is !== "argument" || subject.index === undefined) continue;
    const key = programKey(use);
    arities.set(key, Math.max(arities.get(key) ?? 0, subject.index + 1));
  }
  return arities;
}

/** What the guards make of a verdict. */
function judgeGuarded(use: Use, view: KernelView, bare: () => Verdict): Verdict {
  const guards = (use.guards ?? []).map((guard) => ({ guard, passed: isPassed(guard, use, view) }));
  const stops = guards.find(({ passed }) => passed === false);
  if (stops !== undefined) return { status: "guarded", how: `not reached: ${quoteGuard(stops.guard)}` };
  const verdict = bare();
  if (guards.length === 0 || (verdict.status !== "breaks" && verdict.status !== "absent")) return verdict;
  const open = guards.find(({ passed }) => passed === undefined);
  if (open !== undefined) return { status: "guarded", how: `${verdict.how}; behind ${quoteGuard(open.guard)}` };
  // What kind of program a kernel loads, no guard within the program decides.
  if (verdict.status === "absent" && use.subject !== undefined) return verdict;
  const [last] = guards.slice(-1);
  return { ...verdict, how: `${verdict.how}; ${last === undefined ? "" : quoteGuard(last.guard)} lets it through` };
}

function quoteGuard({ text, line, negated }: Guard): string {
  return `'${negated ? "not " : ""}${text}'${line > 0 ? ` in line ${line}` : ""}`;
}

/** What a program of a kind that the kernel does not have yet meets; what it would read is of no matter then. */
function judgeKind(use: Use, view: KernelView): Verdict | undefined {
  const since = ATTACH_SINCE[use.attach];
  const { version } = view.kernel;
  if (since === undefined || version === "" || compareVersions(version, since) >= 0) return undefined;
  const how = `${use.attach} programs exist since ${since}`;
  return use.subject === undefined ? breaks("load", how) : { status: "absent", outcome: "load", how };
}

type MeaningOf = (use: Use, key: string) => Meaning | undefined;

function judgeUse(use: Use, view: KernelView, meaningOf: MeaningOf, arity: number | undefined): Verdict {
  const places = placesOf(use, view);
  if (places.size === 0) return notThere(use, view);
  return worstOf(
    [...places].map(([key, variants]) => {
      // Two modules may have one tracepoint each of a name: the program fits if it fits one of them.
      const verdicts = variants.map((place) =>
        use.subject === undefined && arity !== undefined && hasMore(place, arity)
          ? breaks("build", `takes ${arity} arguments, and '${key}' has ${place.tracepoint?.args.length}`)
          : judgeSubject(use, place, () => meaningOf(use, key)),
      );
      return verdicts.find(({ status }) => status === "holds") ?? worstOf(verdicts);
    }),
  );
}

/** The events or tracepoints that a use is about, by id; several of one id where modules have variants. */
function placesOf(use: Use, view: KernelView): ReadonlyMap<string, readonly Place[]> {
  const places = new Map<string, Place[]>();
  const put = (key: string, place: Place): unknown => places.set(key, [...(places.get(key) ?? []), place]);
  if (isRaw(use)) {
    for (const tracepoint of tracepointsOf(view, use.target)) {
      const [event] = view.users.get(tracepoint.name) ?? [];
      put(tracepoint.name, { view, tracepoint, ...(event === undefined ? {} : { event }) });
    }
    // Format files do not tell of tracepoints; that an event is there says that its tracepoint is.
    if (places.size === 0 && !isGlob(use.target)) {
      for (const event of view.users.get(use.target.name) ?? []) put(use.target.name, { view, event });
    }
  } else {
    for (const event of eventsOf(view, use.target)) put(targetId(event), { view, event });
  }
  return places;
}

function notThere(use: Use, view: KernelView): Verdict {
  const what = isRaw(use) ? `tracepoint '${use.target.name}'` : `event '${targetId(use.target)}'`;
  const name = isGlob(use.target) ? `no event matches '${targetId(use.target)}'` : `no ${what}`;
  if (!view.knows.existence)
    return unknown(`the source of this kernel does not know whether there is ${name.slice(3)}`);
  return { status: "absent", outcome: use.attach === "module" ? "build" : "attach", how: name };
}

function judgeSubject(use: Use, place: Place, meaning: () => Meaning | undefined): Verdict {
  const { subject } = use;
  switch (subject?.is) {
    case "field":
      return fieldJudge.judge(subject, use, place, undefined);
    case "field-index":
      return fieldIndexJudge.judge(subject, use, place, meaning());
    case "bytes":
      return bytesJudge.judge(subject, use, place, meaning());
    case "member":
      return memberJudge.judge(subject, use, place, undefined);
    case "argument":
      return argumentJudge.judge(subject, use, place, meaning());
    case "positions":
      return positionsJudge.judge(subject, use, place, undefined);
    case "symbol":
      return symbolJudge.judge(subject, use, place, meaning());
    case undefined:
      return use.contract === "text" ? judgeText(place, meaning()) : conditional(place);
  }
}

function hasMore({ view, tracepoint }: Place, arity: number): boolean {
  return view.knows.args && tracepoint !== undefined && tracepoint.args.length > arity;
}

/** An event of a source that was read without a configuration. */
function conditional({ event, tracepoint }: Place): Verdict {
  const when = event?.when ?? tracepoint?.when;
  return when === undefined ? HOLDS : { status: "holds", how: `if ${when}` };
}

function findMeaning(use: Use, key: string, views: readonly KernelView[]): Meaning | undefined {
  for (const view of views.toReversed()) {
    for (const place of placesOf(use, view).get(key) ?? []) {
      const found = meaningIn(use, place);
      if (found !== undefined) return { kernel: view.name, ...found };
    }
  }
  return undefined;
}

function meaningIn(use: Use, place: Place): Omit<Meaning, "kernel"> | undefined {
  const { subject } = use;
  if (subject?.is === "field-index") return fieldIndexJudge.meaning?.(subject, use, place);
  if (subject?.is === "bytes") return bytesJudge.meaning?.(subject, use, place);
  if (subject?.is === "argument") return argumentJudge.meaning?.(subject, use, place);
  if (subject?.is === "symbol") return symbolJudge.meaning?.(subject, use, place);
  return subject === undefined && use.contract === "text" ? textMeaning(use, place) : undefined;
}
