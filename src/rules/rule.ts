// What a rule is: one kind of change, judged for every contract, with the words and examples that docs, tests and
// `tpabi explain` share. Invariant: a rule sees a typed change and nothing else.

import type { Change, ChangeKind, ChangeOf } from "../diff/change.ts";
import { NO_OUTCOMES } from "./finding.ts";
import type { Contract, Outcome, ReaderKind } from "./finding.ts";
import type { Guard } from "./guards.ts";

/** Outcomes for the contracts that are concerned; the others are `none`. */
export type Breaks = Readonly<Partial<Record<Contract, Outcome>>> & {
  /** Kinds of readers that fare otherwise than the rest of their contract. */
  readonly readers?: Readonly<Partial<Record<ReaderKind, Outcome>>>;
};

/** Two kernels in the text of src/rules/example.ts. */
export interface Pair {
  readonly before: string;
  readonly after: string;
}

export interface Example extends Pair {
  /** The program that breaks, or that shows that nothing does. */
  readonly program?: string;
}

export interface RuleDefinition<Kind extends ChangeKind> {
  /** The file's stem: kebab-case, noun and past participle. */
  readonly id: string;
  readonly on: Kind;
  readonly title: string;
  /** Whom it hurts and by which behaviour of the kernel or of a library. */
  readonly why: string;
  /** What the author of the kernel change can do instead. */
  readonly fix: string;
  /** What the author of a tool can write to work with both kernels. */
  readonly guard?: Guard;
  readonly breaks: Breaks | ((change: ChangeOf<Kind>) => Breaks);
  /** Narrows the rule; without it every change of the kind is meant. */
  readonly when?: (change: ChangeOf<Kind>) => boolean;
  /** One line, lower case, no final stop: what was, what is, what readers get. */
  readonly message: (change: ChangeOf<Kind>) => string;
  readonly example: Example;
  /** A pair that looks alike and must not fire. */
  readonly nearMiss: Pair;
  readonly links: readonly string[];
}

/** What a rule makes of a change. */
export interface Judgement {
  readonly contracts: Readonly<Record<Contract, Outcome>>;
  readonly readers?: Readonly<Partial<Record<ReaderKind, Outcome>>>;
  readonly message: string;
}

/** A rule with its kind of change hidden, so that rules of all kinds fit one list. */
export interface Rule extends Pick<
  RuleDefinition<ChangeKind>,
  "id" | "on" | "title" | "why" | "fix" | "guard" | "example" | "nearMiss" | "links"
> {
  /** What it makes of a change; nothing if the change is not its business. */
  readonly judge: (change: Change) => Judgement | undefined;
}

export function defineRule<const Kind extends ChangeKind>(definition: RuleDefinition<Kind>): Rule {
  const { id, on, title, why, fix, guard, example, nearMiss, links, breaks, when, message } = definition;
  const isMine = (change: Change): change is ChangeOf<Kind> => change.kind === on;
  return {
    id,
    on,
    title,
    why,
    fix,
    ...(guard === undefined ? {} : { guard }),
    example,
    nearMiss,
    links,
    judge: (change) => {
      if (!isMine(change) || when?.(change) === false) return undefined;
      const { readers, ...outcomes } = typeof breaks === "function" ? breaks(change) : breaks;
      return {
        contracts: { ...NO_OUTCOMES, ...outcomes },
        ...(readers === undefined ? {} : { readers }),
        message: message(change),
      };
    },
  };
}
