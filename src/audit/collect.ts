// Collects what one reader finds in one file. Invariant: the same use is kept once per line.

import type { Contract, ReaderKind } from "../rules/finding.ts";
import type { Found, ToolFile } from "./reader.ts";
import { oneLine } from "./text/lines.ts";
import type { Attach, Guard, NotUnderstood, Subject, Target, Use } from "./use.ts";

/** Where a program stands and what it is attached to: what its uses have in common. */
export interface Program {
  readonly program: string;
  readonly attach: Attach;
  readonly target: Target;
  readonly kind?: ReaderKind;
}

export interface Collector {
  /** Notes that a program relies on its event, or on `subject` of it. */
  readonly use: (program: Program, contract: Contract, line: number, more?: UseDetails) => void;
  readonly notUnderstood: (line: number, text: string, reason: string) => void;
  readonly found: () => Found;
}

export interface UseDetails {
  readonly subject?: Subject | undefined;
  readonly guards?: readonly Guard[] | undefined;
  /** The file of the use, if it is another one than that of the collector: a header. */
  readonly file?: string | undefined;
}

/** An empty collector for one file. */
export function collector(reader: string, file: Pick<ToolFile, "path">): Collector {
  const uses = new Map<string, Use>();
  const notUnderstood: NotUnderstood[] = [];
  return {
    use: ({ program, attach, target, kind }, contract, line, { subject, guards, file: other } = {}) => {
      const key = JSON.stringify([other, line, program, target.system, target.name, contract, subject]);
      if (uses.has(key)) return;
      uses.set(key, {
        reader,
        file: other ?? file.path,
        line,
        program,
        attach,
        contract,
        ...(kind ? { kind } : {}),
        target,
        ...(subject ? { subject } : {}),
        ...(guards?.length ? { guards } : {}),
      });
    },
    notUnderstood: (line, text, reason) => {
      notUnderstood.push({ reader, file: file.path, line, text: oneLine(text), reason });
    },
    found: () => ({ uses: [...uses.values()], notUnderstood }),
  };
}
