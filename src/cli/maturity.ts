// `tpabi maturity`: is a tracepoint fit for purpose? Its age, how often it broke, since when it is unchanged, who uses it.

import type { Command } from "commander";

import { ToolError } from "../errors.ts";
import { toJson } from "./json.ts";
import { print } from "./print.ts";
import { addSeriesOptions, SERIES_HELP, type SeriesFlags, withKernels } from "./series-options.ts";

const EXAMPLES = `
Examples:
  tpabi maturity                        all subsystems
  tpabi maturity sched                  the events of one
  tpabi maturity block:block_rq_issue   one event, with what broke
  tpabi maturity 'ext4:*' --format csv
`;

export function define(command: Command): void {
  addSeriesOptions(command)
    .argument("[event]", "an event, a pattern of events, or a subsystem (default: all subsystems)")
    .addHelpText("after", EXAMPLES + SERIES_HELP)
    .action(run);
}

async function run(asked: string | undefined, flags: SeriesFlags): Promise<void> {
  const [{ countSteps }, { pathOf }, { maturityBySystem, maturityOf }, { walk }, show, { eventMatcher }] =
    await Promise.all([
      import("../history/stats.ts"),
      import("../history/survival.ts"),
      import("../history/maturity.ts"),
      import("../history/walk.ts"),
      import("../history/show-maturity.ts"),
      import("../snapshot/event-glob.ts"),
    ]);
  const kernels = await withKernels(flags, ({ versions, ...options }) => countSteps(walk(versions, options)));
  const all = maturityOf(pathOf(kernels, kernels.at(-1)?.version ?? ""));
  const isSystem = asked !== undefined && all.some(({ event }) => event.startsWith(`${asked}:`));
  const matches = eventMatcher(isSystem ? `${asked}:*` : (asked ?? "*:*"));
  const events = all.filter(({ event }) => matches(event));
  if (events.length === 0) {
    throw new ToolError("unknown-event", `no event or subsystem of ${kernels.at(-1)?.version} matches '${asked}'`);
  }
  const formats = {
    terminal: () => (asked === undefined ? show.showSystems(events) : show.showEvents(events)),
    json: () => toJson({ events, systems: maturityBySystem(events) }),
    csv: () => show.maturityAsCsv(events),
  };
  print(formats[flags.format]());
}
