// Judges a field by its place in the format file, common fields counted, as tracing policies of tetragon name it.

import type { FieldIndexSubject } from "../use.ts";
import { breaks, HOLDS } from "../verdict.ts";
import { fieldsOf, type SubjectJudge } from "./subject.ts";

export const fieldIndexJudge: SubjectJudge<FieldIndexSubject> = {
  judge: ({ index }, _use, place, meaning) => {
    const fields = fieldsOf(place);
    const field = fields[index];
    if (field === undefined) return breaks("missing", `no field ${index}: the event has ${fields.length}`);
    if (meaning?.field === undefined || field.name === meaning.field.name) return HOLDS;
    // A rename leaves the value where it was; that the old name lies elsewhere does not.
    const moved = fields.findIndex(({ name }) => name === meaning.field?.name);
    if (moved < 0 && field.type === meaning.field.type) return HOLDS;
    return breaks("silent", `field ${index} is '${field.name}', and '${meaning.field.name}' in ${meaning.kernel}`);
  },
  meaning: ({ index }, _use, place) => {
    const field = fieldsOf(place)[index];
    return field === undefined ? undefined : { field };
  },
};
