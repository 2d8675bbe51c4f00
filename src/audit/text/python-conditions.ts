// Under which checks of the kernel a line of Python stands. Invariant: only conditions that surely hold, or surely do not, are
// guards; a check joined to others by `or` says nothing.

import { oneLine } from "./lines.ts";
import type { Guard } from "../use.ts";

interface Header {
  readonly line: number;
  readonly indent: number;
  readonly keyword: string;
  readonly condition: string;
}

/** A function from a line (from 1) to the checks around it, outermost first. */
export function pythonConditions(text: string): (line: number) => readonly Guard[] {
  const found: (readonly Guard[])[] = [[]];
  // The blocks that are open, and what holds in each.
  const open: { readonly indent: number; readonly guards: readonly Guard[]; readonly chain: readonly Header[] }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const indent = line.search(/\S/);
    if (indent >= 0 && line[indent] !== "#") {
      const chains = new Map<number, readonly Header[]>();
      while (open.length > 0 && open.at(-1)!.indent >= indent) {
        const closed = open.pop()!;
        chains.set(closed.indent, closed.chain);
      }
      found.push(open.flatMap(({ guards }) => guards));
      const header = headerOf(line, index + 1, indent);
      if (header) {
        const before = header.keyword === "if" ? [] : (chains.get(indent) ?? []);
        const guards = [...before.flatMap((one) => checks(one, false)), ...checks(header, true)];
        if (open.length < 64) open.push({ indent, guards, chain: [...before, header].slice(-32) });
      }
    } else found.push(found.at(-1)!);
  }
  return (line) => found[line] ?? [];
}

function headerOf(text: string, line: number, indent: number): Header | undefined {
  const parts = /^\s*(if|elif|else)\b(.*?):\s*(?:#.*)?$/.exec(text);
  return parts ? { line, indent, keyword: parts[1]!, condition: parts[2]!.trim() } : undefined;
}

const EVENT = /tracepoint_exists\(\s*b?["'](\w+)["']\s*,\s*b?["'](\w+)["']\s*\)/;
const FIELD = /kernel_struct_has_field\(\s*b?["'](\w+)["']\s*,\s*b?["'](\w+)["']\s*\)(?:\s*==\s*(\d))?/;

/** The guards that a condition is, if it `holds` or not. */
function checks({ condition, line }: Header, holds: boolean): readonly Guard[] {
  const joins = holds ? /\bor\b/ : /\band\b/;
  if (condition === "" || joins.test(condition)) return [];
  return condition.split(/\band\b|\bor\b/).flatMap((term) => {
    const isNot = /^[\s(]*not\b/.test(term);
    const event = EVENT.exec(term);
    const field = FIELD.exec(term);
    if (!event && !field) return [];
    const negated = (isNot || field?.[3] === "0") === holds;
    const guard = event
      ? { kind: "event" as const, subject: `${event[1]}:${event[2]}` }
      : { kind: "field" as const, subject: `${field![1]}.${field![2]}` };
    return [
      { ...guard, text: oneLine(term.replace(/^[\s(]*not\b/, "")), line, ...(negated && { negated: true as const }) },
    ];
  });
}
