// `tpabi explain`: what one rule means, with an example of a change and of a program that it breaks.

import type { Command } from "commander";

import { ToolError } from "../errors.ts";
import { CONTRACT_TEXT, OUTCOME_TEXT } from "../reports/words.ts";
import { CONTRACTS, READER_KINDS, type ReaderKind } from "../rules/finding.ts";
import type { Notice } from "../rules/notices.ts";
import type { Judgement, Rule } from "../rules/rule.ts";
import { nearest } from "./did-you-mean.ts";
import { print } from "./print.ts";

export function define(command: Command): void {
  command
    .argument("<rule>", "the name that a report shows in brackets")
    .addHelpText("after", "\nExample:\n  tpabi explain field-removed\n")
    .action(run);
}

async function run(id: string): Promise<void> {
  const [{ rules }, { NOTICES }, { wrap }, { judgePair }] = await Promise.all([
    import("../rules/index.ts"),
    import("../rules/notices.ts"),
    import("../reports/text.ts"),
    import("../rules/doc.ts"),
  ]);
  const width = Math.min(process.stdout.columns ?? 100, 100);
  const paragraph = (text: string): string => wrap(text, width).join("\n");
  const rule = rules.find((candidate) => candidate.id === id);
  const notice = NOTICES.find((candidate) => candidate.id === id);
  if (rule) {
    const [judgement] = judgePair(rule, rule.example);
    print(`${explainRule(rule, judgement, paragraph)}\n`);
  } else if (notice) {
    print(`${explainNotice(notice, paragraph)}\n`);
  } else {
    const guess = nearest(
      id,
      [...rules, ...NOTICES].map((candidate) => candidate.id),
    );
    throw new ToolError("unknown-rule", `no rule is named '${id}'`, {
      ...(guess !== undefined && { hint: `did you mean ${guess}?` }),
    });
  }
}

function explainRule(rule: Rule, judgement: Judgement | undefined, paragraph: (text: string) => string): string {
  const { fix, guard, example, links } = rule;
  return [
    ...explainHead(rule, paragraph),
    `Before\n${indent(example.before)}`,
    `After\n${indent(example.after)}`,
    ...(judgement === undefined ? [] : [`What readers meet\n${indent(describeReaders(judgement))}`]),
    ...(example.program === undefined ? [] : [`A program that notices\n${indent(example.program)}`]),
    paragraph(`Instead: ${fix}`),
    ...(guard === undefined ? [] : [`A tool that works with both\n${indent(guard.text)}`]),
    ...(links.length === 0 ? [] : [`See\n${indent(links.join("\n"))}`]),
  ].join("\n\n");
}

function explainNotice(notice: Notice, paragraph: (text: string) => string): string {
  return [...explainHead(notice, paragraph), paragraph(`Instead: ${notice.fix}`)].join("\n\n");
}

function explainHead({ id, title, why }: Notice, paragraph: (text: string) => string): readonly string[] {
  return [`${id}: ${title}`, paragraph(why)];
}

/** One line for each contract and kind of reader that is concerned, in columns. */
function describeReaders({ contracts, readers = {} }: Judgement): string {
  const met = [
    ...CONTRACTS.map((contract) => [contract, CONTRACT_TEXT[contract], contracts[contract]] as const),
    ...(Object.keys(READER_KINDS) as ReaderKind[]).map(
      (kind) => [kind, `in ${READER_KINDS[kind]}`, readers[kind] ?? "none"] as const,
    ),
  ].filter(([, , outcome]) => outcome !== "none");
  const names = Math.max(0, ...met.map(([name]) => name.length));
  const meanings = Math.max(0, ...met.map(([, meaning]) => meaning.length));
  const lines = met.map(
    ([name, meaning, outcome]) => `${name.padEnd(names)}  ${meaning.padEnd(meanings)}  ${OUTCOME_TEXT[outcome]}`,
  );
  return lines.length === 0 ? "nothing" : lines.join("\n");
}

function indent(text: string): string {
  return text.replace(/^\n+|\s+$/g, "").replace(/^(?=.)/gm, "    ");
}
