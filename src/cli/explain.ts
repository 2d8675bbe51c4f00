// `tpabi explain`: what one rule means, with an example of a change and of a program that it breaks.

import { Command } from "commander";

import { ToolError } from "../errors.ts";
import type { Rule } from "../rules/rule.ts";
import { nearest } from "./did-you-mean.ts";

export function explainCommand(): Command {
  return new Command("explain")
    .description("Say what a rule means, whom it hurts and what to do instead.")
    .argument("<rule>", "the name that a report shows in brackets")
    .addHelpText("after", "\nExample:\n  tpabi explain field-removed\n")
    .action(run);
}

async function run(id: string): Promise<void> {
  const [{ rules }, { wrap }] = await Promise.all([import("../rules/index.ts"), import("../reports/text.ts")]);
  const rule = rules.find((candidate) => candidate.id === id);
  if (!rule) {
    const guess = nearest(
      id,
      rules.map((candidate) => candidate.id),
    );
    throw new ToolError("unknown-rule", `no rule is named '${id}'`, {
      ...(guess !== undefined && { hint: `did you mean ${guess}?` }),
    });
  }
  const width = Math.min(process.stdout.columns ?? 100, 100);
  const text = explain(rule, (paragraph) => wrap(paragraph, width).join("\n"));
  process.stdout.write(`${text}\n`);
}

function explain(rule: Rule, paragraph: (text: string) => string): string {
  const { id, title, why, fix, guard, example, links } = rule;
  return [
    `${id}: ${title}`,
    paragraph(why),
    `Before\n${indent(example.before)}`,
    `After\n${indent(example.after)}`,
    ...(example.program === undefined ? [] : [`A program that notices\n${indent(example.program)}`]),
    paragraph(`Instead: ${fix}`),
    ...(guard === undefined ? [] : [`A tool that works with both\n${indent(guard)}`]),
    ...(links.length === 0 ? [] : [`See\n${indent(links.join("\n"))}`]),
  ].join("\n\n");
}

function indent(text: string): string {
  return text.replace(/^\n+|\s+$/g, "").replace(/^(?=.)/gm, "    ");
}
