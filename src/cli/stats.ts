// `tpabi stats`: how much changed in each kernel and subsystem, and what of it lasted.

import type { Command } from "commander";

import { toJson } from "./json.ts";
import { print } from "./print.ts";
import { addSeriesOptions, SERIES_HELP, type SeriesFlags, showOptions, withKernels } from "./series-options.ts";

const EXAMPLES = `
Examples:
  tpabi stats
  tpabi stats --kernels '>=5.4' --format csv > stats.csv
  tpabi stats --repo ~/linux --kernels 6.12
`;

export function define(command: Command): void {
  addSeriesOptions(command)
    .addHelpText("after", EXAMPLES + SERIES_HELP)
    .action(run);
}

async function run(flags: SeriesFlags): Promise<void> {
  const [{ countSteps }, { survivalTo }, { walk }, show] = await Promise.all([
    import("../history/stats.ts"),
    import("../history/survival.ts"),
    import("../history/walk.ts"),
    import("../history/show-stats.ts"),
  ]);
  const kernels = await withKernels(flags, ({ versions, ...options }) => countSteps(walk(versions, options)));
  const statistics = { kernels, survival: survivalTo(kernels, kernels.at(-1)?.version ?? "") };
  const formats = {
    terminal: () => show.showStatistics(statistics, showOptions(flags.all ?? false)),
    json: () => toJson(show.plainStatistics(statistics)),
    csv: () => show.statisticsAsCsv(statistics),
  };
  print(formats[flags.format]());
}
