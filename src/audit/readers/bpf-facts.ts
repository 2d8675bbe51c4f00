// What the addon says of BPF programs, as uses. Invariant: nothing it says is dropped; a program without reads still relies on
// its event.

import type { Collector } from "../collect.ts";
import type { Attach, Guard, Subject } from "../use.ts";

/** JSON of the addon (`Facts` in native/core/src/uses.rs). */
interface BpfFacts {
  readonly programs: readonly BpfProgram[];
  readonly notUnderstood: readonly { readonly line: number; readonly text: string; readonly reason: string }[];
}

export interface BpfProgram {
  readonly name: string;
  readonly line: number;
  readonly attach: Attach;
  readonly system?: string;
  readonly event: string;
  readonly guards?: readonly Guard[];
  readonly uses: readonly {
    readonly line: number;
    /** A header, where the use stands in one. */
    readonly file?: string;
    readonly subject: BpfSubject;
    readonly guards?: readonly Guard[];
  }[];
}

type BpfSubject = Extract<Subject, { is: "field" | "bytes" | "member" | "argument" }>;

const CONTRACTS = { field: "fields", bytes: "layout", member: "core", argument: "args" } as const;

/** What a reader knows of the programs beside what the addon says. */
export interface ProgramContext {
  /** The programs that one of the addon's stands for, and what each stands under. */
  readonly variants?: (
    program: BpfProgram,
  ) => readonly { readonly program: BpfProgram; readonly guards: readonly Guard[] }[];
}

/** Notes what the addon found, as JSON text. */
export function collectBpfFacts(json: string, out: Collector, { variants }: ProgramContext = {}): void {
  const facts = JSON.parse(json) as BpfFacts;
  for (const found of facts.programs) {
    for (const { program, guards } of variants?.(found) ?? [{ program: found, guards: [] }]) {
      collectProgram(out, program, guards);
    }
  }
  for (const { line, text, reason } of facts.notUnderstood) out.notUnderstood(line, text, reason);
}

function collectProgram(out: Collector, found: BpfProgram, more: readonly Guard[]): void {
  const { name, line, attach, system, event, guards = [], uses } = found;
  const program = { program: name, attach, target: { ...(system !== undefined && { system }), name: event } };
  if (!/^\w+$/.test(event) || !/^\w+$/.test(system ?? event)) {
    out.notUnderstood(line, name, "the event is chosen at run time");
    return;
  }
  const outer = [...more, ...guards];
  out.use(program, "existence", line, { guards: outer });
  for (const use of uses) {
    const contract = CONTRACTS[use.subject.is];
    const details = { subject: use.subject, guards: [...outer, ...(use.guards ?? [])], file: use.file };
    // BPF programs get at fields by name in the struct that bcc makes of the format file, and in no other way.
    out.use(contract === "fields" ? { ...program, kind: "bcc" } : program, contract, use.line, details);
  }
}
