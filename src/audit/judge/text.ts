// Judges the printed line as a whole, which parsers of trace_pipe and of perf script rely on.

import type { Use } from "../use.ts";
import { HOLDS, unknown, type Verdict } from "../verdict.ts";
import type { Meaning, Place } from "./subject.ts";

/** The same format as in the newest kernel holds; what a parser makes of another one, nobody can tell. */
export function judgeText({ event, view }: Place, meaning: Meaning | undefined): Verdict {
  if (!view.knows.printFormat || event?.print === undefined) {
    return unknown("the source of this kernel does not know print formats");
  }
  if (meaning?.print === undefined || meaning.print.format === event.print.format) return HOLDS;
  return unknown(`the line is printed in another way than in ${meaning.kernel}`);
}

export function textMeaning(_use: Use, { event }: Place): Omit<Meaning, "kernel"> | undefined {
  return event?.print === undefined ? undefined : { print: event.print };
}
