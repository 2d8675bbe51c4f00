// Judges a constant or label whose number a program has written down.

import type { SymbolSubject } from "../use.ts";
import { breaks, HOLDS, unknown } from "../verdict.ts";
import type { Place, SubjectJudge } from "./subject.ts";

export const symbolJudge: SubjectJudge<SymbolSubject> = {
  judge: (subject, _use, place, meaning) => {
    if (!place.view.knows.values) return unknown("the source of this kernel does not know values");
    const now = valueOf(subject, place);
    if (now === undefined) {
      return meaning === undefined
        ? unknown(`'${subject.name}' is no constant that a print format names`)
        : breaks("missing", `no '${subject.name}'; ${meaning.kernel} has it`);
    }
    if (subject.value === undefined || subject.value === now) return HOLDS;
    return breaks("silent", `'${subject.name}' is ${now}, and ${subject.value} in the program`);
  },
  meaning: (subject, _use, place) => {
    const value = valueOf(subject, place);
    return value === undefined ? undefined : { value };
  },
};

/** The number of a constant, or of a label in the event's own tables. */
function valueOf({ name }: SymbolSubject, { view, event }: Place): number | undefined {
  const tables = Object.values(event?.print?.symbols ?? {});
  const labelled = tables.find((table) => Object.hasOwn(table, name))?.[name];
  return labelled ?? (Object.hasOwn(view.enums, name) ? view.enums[name] : undefined);
}
