// `tpabi rules`: the list of rules, one line each.

import { Command } from "commander";

export function rulesCommand(): Command {
  return new Command("rules")
    .description("List the rules that judge changes.")
    .addHelpText("after", "\nExample:\n  tpabi rules\n")
    .action(run);
}

async function run(): Promise<void> {
  const { rules } = await import("../rules/index.ts");
  const width = Math.max(...rules.map(({ id }) => id.length));
  process.stdout.write(rules.map(({ id, title }) => `${id.padEnd(width)}  ${title}\n`).join(""));
}
