// Baselines made of the sample snapshot, for the tests of this folder and of the command.

import type { Addition } from "../../src/baselines/store.ts";
import { toAddition } from "../../src/baselines/update.ts";
import { encode } from "../../src/snapshot/codec.ts";
import type { Snapshot } from "../../src/snapshot/model.ts";
import { SNAPSHOT } from "../samples.ts";

/** The sample as another release, with its events some lines further down. */
export function sampleOf(version: string, arch = "x86_64", down = 0): Snapshot {
  const move = <T extends { location?: { file: string; line: number } }>(item: T): T =>
    item.location === undefined ? item : { ...item, location: { ...item.location, line: item.location.line + down } };
  return {
    ...SNAPSHOT,
    kernel: { ...SNAPSHOT.kernel, version, arch, ref: `v${version}`, commit: "1".repeat(40) },
    events: SNAPSHOT.events.map((event) => ({ ...move(event), fields: event.fields.map((field) => move(field)) })),
    tracepoints: SNAPSHOT.tracepoints.map((tracepoint) => move(tracepoint)),
  };
}

/** Several releases as they are handed to a directory of baselines. */
export function additionsOf(...kernels: readonly (readonly [version: string, arch?: string])[]): readonly Addition[] {
  return kernels.map(([version, arch = "x86_64"]) =>
    toAddition(encode(sampleOf(version, arch)), `v${version}`, new Map()),
  );
}
