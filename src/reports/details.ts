// What the reports for people say of one finding beside its message, in reading order, the same in every format.
// Invariant: a detail that there is nothing to say of is left out; nothing is escaped yet.

import type { Finding, IntroducedBy } from "../rules/finding.ts";
import { count } from "./text.ts";
import { describeAccepted, describeOutcomes, listConsumers, placeOf } from "./words.ts";

export interface Detail {
  readonly name: string;
  readonly text: string;
  /** Whether it is C, a place or an id, and no prose. */
  readonly isCode: boolean;
}

/** All details of a finding. */
export function detailsOf(finding: Finding): readonly Detail[] {
  const {
    id,
    before,
    after,
    consumers,
    fix,
    siblings = [],
    folded = [],
    confidence,
    accepted,
    arches,
    commit,
  } = finding;
  const place = placeOf(finding);
  return [
    ...prose("accepted", accepted && describeAccepted(accepted)),
    ...code("was", before),
    ...code("now", after),
    ...prose("readers", describeOutcomes(finding)),
    ...prose("used by", listConsumers(consumers)),
    ...prose("also in", siblings.join(", ")),
    ...prose(`stands for ${count(folded.length, "effect")}`, folded.join(", ")),
    ...prose("confidence", confidence === undefined ? undefined : `${Math.round(100 * confidence)} %`),
    ...prose("instead", fix),
    ...prose("made by", commit && describeCommit(commit)),
    ...prose("on", arches?.join(", ")),
    ...code("place", place && `${place.file}:${place.line}`),
    ...code("finding", id),
  ];
}

/** `0123456789ab sched: add an argument, undone by ba9876543210 sched: move it`; a patch has no id. */
function describeCommit({ undoneBy, ...commit }: IntroducedBy): string {
  const name = ({ id, subject }: Pick<IntroducedBy, "id" | "subject">): string =>
    id === undefined ? subject : `${id.slice(0, 12)} ${subject}`;
  return undoneBy === undefined ? name(commit) : `${name(commit)}, undone by ${name(undoneBy)}`;
}

function prose(name: string, text: string | undefined): readonly Detail[] {
  return text === undefined || text === "" ? [] : [{ name, text, isCode: false }];
}

function code(name: string, text: string | undefined): readonly Detail[] {
  return text === undefined || text === "" ? [] : [{ name, text, isCode: true }];
}
