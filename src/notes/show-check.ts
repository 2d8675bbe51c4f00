// The result of checking a text against the notes, for people. Computes nothing.

import { count, escapeControls, wrap } from "../reports/text.ts";
import type { NotesCheck } from "./check.ts";

export function showCheck({ dangerous, missing, unmatched }: NotesCheck, file: string, width: number): string {
  const mentioned = dangerous - missing.length;
  const lines = [
    dangerous === 0
      ? "no change is known or likely to break a program"
      : `${mentioned} of ${count(dangerous, "change")} that break programs or are likely to are mentioned`,
    ...missing.flatMap(({ finding, isEventNamed }) => [
      "",
      ...wrap(
        isEventNamed
          ? `${finding.event} is mentioned, but not '${finding.subject}':`
          : `${finding.event} is not mentioned:`,
        width,
      ),
      ...wrap(
        `${finding.message} [${finding.rule}]`,
        width,
        `  ${finding.level} ${finding.likelihood.toFixed(2)}  `,
        6,
      ),
    ]),
    ...(unmatched.length === 0 ? [] : [""]),
    ...unmatched.flatMap(({ mention, line, exists }) =>
      wrap(
        `${file}:${line}: '${mention}' ${exists ? "is mentioned, but did not change" : "is no event of either kernel"}`,
        width,
      ),
    ),
  ];
  return lines.map((line) => `${escapeControls(line)}\n`).join("");
}
