// The baselines: snapshots that are shipped with tpabi or that the user keeps, found by version.

import { release } from "node:os";

import { findBaseline, isBaselineName } from "../baselines/select.ts";
import type { Reader } from "./reader.ts";

export const baselineReader: Reader = {
  spelling: "VERSION",
  meaning: "a baseline: v6.12.117, 6.12.117, 6.12.x or 6.12.y (the newest of a series), latest, lts, running-lts",
  prefix: "baseline:",
  claims: isBaselineName,
  read: async (name, options) => {
    // Every help text has the readers, and few runs read a baseline.
    const { listBaselines, readBaseline } = await import("../baselines/store.ts");
    const found = findBaseline(await listBaselines(options.baselines), name, options.arch ?? "x86_64", release());
    return readBaseline(found);
  },
};
