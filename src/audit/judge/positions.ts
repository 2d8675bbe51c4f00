// Judges all fields taken by position, as perf hands them to Python handlers: one parameter for each, in their order.

import type { PositionsSubject } from "../use.ts";
import { breaks, HOLDS } from "../verdict.ts";
import type { SubjectJudge } from "./subject.ts";

export const positionsJudge: SubjectJudge<PositionsSubject> = {
  judge: ({ names }, _use, { event }) => {
    const fields = (event?.fields ?? []).map(({ name }) => name);
    // Python raises a TypeError, and perf stops the script.
    if (fields.length !== names.length) {
      return breaks(
        "missing",
        `takes ${names.length} fields, and the event has ${fields.length}: ${fields.join(", ")}`,
      );
    }
    const wrong = names.findIndex((name, index) => name !== fields[index] && fields.includes(name));
    if (wrong < 0) return HOLDS;
    return breaks("silent", `'${names[wrong]}' is taken from the place of '${fields[wrong]}'`);
  },
};
