// The table `kernels`: what was read, and what its source knows at all.

import { releaseOrder } from "../../snapshot/version.ts";
import { flag, int32, int64, KERNEL, maybe, text } from "../column.ts";
import { table } from "../table.ts";

export const kernels = table({
  meaning: "A kernel for one architecture",
  key: ["kernel", "arch"],
  columns: {
    ...KERNEL,
    series: text("`6.12` for `6.12.117`, `2.6.38` for `2.6.38.8`"),
    release_order: maybe(
      int64("a number by which kernels sort as they were released within their series and between series"),
    ),
    previous: maybe(text("the kernel that it was compared with; empty for the oldest")),
    is_mainline: flag(
      "whether it is on mainline: up to the first release of its series; the others are point releases",
    ),
    origin: text("where facts come from: `source`, `tracefs`, `btf`, several joined with `+`"),
    ref: maybe(text("the git revision that was read")),
    commit: maybe(text("its commit, or the object id of its tree")),
    config: maybe(text("digest of the configuration that conditions were evaluated with; empty if they were kept")),
    knows_layout: flag("whether offsets, sizes and signs of fields are known"),
    knows_types: flag("whether types of fields are known"),
    knows_args: flag("whether arguments of tracepoints are known"),
    knows_print_format: flag("whether print formats are known"),
    knows_values: flag("whether values of enum constants and labels are known"),
    knows_locations: flag("whether files and lines are known"),
    knows_existence: flag("whether an event that has no row does not exist in this kernel"),
    event_count: int32("rows in `events`"),
    tracepoint_count: int32("rows in `tracepoints`"),
    problem_count: int32("things in its source that were not understood"),
  },
  *rowsOf({ key, link, after: { kernel, knows, events, tracepoints, problems } }) {
    yield {
      ...key,
      series: link.series,
      release_order: releaseOrder(link.version),
      previous: link.previous,
      is_mainline: link.isMain,
      origin: kernel.origin.join("+"),
      ref: kernel.ref,
      commit: kernel.commit,
      config: kernel.config,
      knows_layout: knows.layout,
      knows_types: knows.types,
      knows_args: knows.args,
      knows_print_format: knows.printFormat,
      knows_values: knows.values,
      knows_locations: knows.locations,
      knows_existence: knows.existence,
      event_count: events.length,
      tracepoint_count: tracepoints.length,
      problem_count: problems.length,
    };
  },
});
