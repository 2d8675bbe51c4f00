// Uses in words, the same in all reports, and the keys by which two uses are one dependency.

import { targetId } from "./kernel-view.ts";
import type { Subject, Use } from "./use.ts";

/** `field 'pid'`, `argument 2 (struct request *rq)`, `bytes 24 to 28 ('pid')`; `event` for the event as a whole. */
export function describeSubject(subject: Subject | undefined): string {
  switch (subject?.is) {
    case undefined:
      return "event";
    case "field":
      return `field '${subject.name}'${subject.as === undefined ? "" : ` as ${subject.as}`}`;
    case "field-index":
      return `field ${subject.index}${subject.type === undefined ? "" : ` (${subject.type})`}`;
    case "bytes": {
      const name = subject.name === undefined ? "" : ` ('${subject.name}')`;
      return `bytes ${subject.offset} to ${subject.offset + subject.size}${name}`;
    }
    case "member":
      return `member '${subject.name}' of struct ${subject.struct}`;
    case "argument": {
      const declared = [subject.type, subject.name].filter((part) => part !== undefined).join(" ");
      if (subject.index === undefined) return `argument '${subject.name ?? ""}'`;
      return `argument ${subject.index + 1}${declared === "" ? "" : ` (${declared.replace("* ", "*")})`}`;
    }
    case "positions":
      return `all fields by position (${subject.names.length})`;
    case "symbol":
      return `value '${subject.name}'${subject.value === undefined ? "" : ` = ${subject.value}`}`;
  }
}

/** The name by which findings know a subject: of a field or an argument, or of a constant. */
export function subjectName(subject: Subject | undefined): string | undefined {
  if (subject === undefined || subject.is === "positions" || subject.is === "field-index") return undefined;
  return subject.name?.replace(/^(?:__)?(?:data|rel)_loc_/, "");
}

/** What a use depends on, without where: equal for uses that are one dependency of a tool. */
export function dependencyKey({ target, attach, contract, kind, subject }: Use): string {
  return JSON.stringify([targetId(target), attach, contract, kind ?? "", subject ?? ""]);
}

/** Equal for uses that are one dependency of one program. */
export function useKey(use: Use): string {
  const guards = (use.guards ?? []).map(({ kind, text, negated }) => [kind, text, negated ?? false]);
  return JSON.stringify([use.file, use.program, dependencyKey(use), guards]);
}
