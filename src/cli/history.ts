// `tpabi history`: the life of one event or field over many kernels.

import type { Command } from "commander";

import { toJson } from "./json.ts";
import { print } from "./print.ts";
import { addSeriesOptions, SERIES_HELP, type SeriesFlags, showOptions, withKernels } from "./series-options.ts";

const EXAMPLES = `
Examples:
  tpabi history sched:sched_switch
  tpabi history block_rq_complete.error --kernels '>=5.10'
  tpabi history jbd2_end_commit --repo ~/linux --kernels 5.10 --format csv
`;

export function define(command: Command): void {
  addSeriesOptions(command)
    .argument("<event>", "EVENT or EVENT.FIELD; the field may be an argument of the tracepoint")
    .addHelpText("after", EXAMPLES + SERIES_HELP)
    .action(run);
}

async function run(asked: string, flags: SeriesFlags): Promise<void> {
  const [{ followLife, parseSubject }, { walk }, { lifeAsCsv, showLife }] = await Promise.all([
    import("../history/life.ts"),
    import("../history/walk.ts"),
    import("../history/show-life.ts"),
  ]);
  parseSubject(asked);
  const life = await withKernels(flags, ({ versions, ...options }) => followLife(asked, () => walk(versions, options)));
  const formats = {
    terminal: () => showLife(life, showOptions(flags.all ?? false)),
    json: () => toJson(life),
    csv: () => lifeAsCsv(life),
  };
  print(formats[flags.format]());
}
