import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { findBaseline, isBaselineName, selectKernels } from "../../src/baselines/select.ts";
import { type Baseline, writeBaselines } from "../../src/baselines/store.ts";
import { additionsOf } from "./baseline-samples.ts";

function baseline(version: string, series: string, arch = "x86_64", isLts = false): Baseline {
  return {
    ...{ version, series, arch, events: 1, tracepoints: 1, sha256: "", pack: "", shipped: true },
    source: { kind: "other", origin: ["source"] },
    ...(isLts && { lts: { lts: true, endOfLife: "2028-12" } }),
  };
}

const ALL: readonly Baseline[] = [
  baseline("6.12.0", "6.12", "x86_64", true),
  baseline("6.12.117", "6.12", "x86_64", true),
  baseline("6.1.192", "6.1", "x86_64", true),
  baseline("6.1.9", "6.1", "x86_64", true),
  baseline("6.1.192", "6.1", "arm64", true),
  baseline("6.19.0", "6.19"),
  baseline("2.6.38.8", "2.6.38"),
];

describe("one baseline", () => {
  test.each([
    ["v6.12.117", "x86_64", "6.12.117"],
    ["6.12.117", "x86_64", "6.12.117"],
    // The release itself wins over the newest one of its series.
    ["6.12", "x86_64", "6.12.0"],
    ["6.12.x", "x86_64", "6.12.117"],
    ["v6.12.x", "x86_64", "6.12.117"],
    // As the branches of stable kernels are called.
    ["6.12.y", "x86_64", "6.12.117"],
    ["6.1", "x86_64", "6.1.192"],
    ["6.1", "arm64", "6.1.192"],
    ["2.6.38", "x86_64", "2.6.38.8"],
    ["2.6.38.x", "x86_64", "2.6.38.8"],
    ["latest", "x86_64", "6.19.0"],
    ["latest", "arm64", "6.1.192"],
    ["lts", "x86_64", "6.12.117"],
  ])("%s for %s is %s", (name, arch, version) => {
    expect(isBaselineName(name)).toBe(true);
    expect(findBaseline(ALL, name, arch)).toMatchObject({ version, arch });
  });

  test.each([
    ["6.12.5-amd64", "6.12.117"],
    ["6.13.0-rc3", "6.12.117"],
    ["6.11.0", "6.1.192"],
    ["6.1.0-56-amd64", "6.1.192"],
  ])("on %s, running-lts is %s", (running, version) => {
    expect(findBaseline(ALL, "running-lts", "x86_64", running).version).toBe(version);
  });

  test.each([
    // A suffix that is not the baseline's own: no name for the release without it.
    ["6.12.117x", "x86_64", "the nearest: v6.12.0, v6.12.117, v6.19.0"],
    ["6.12.117-amd64", "x86_64", "the nearest: v6.12.117, v6.12.0, v6.19.0"],
    ["6.12.116", "x86_64", "the nearest: v6.12.117, v6.12.0, v6.19.0"],
    ["6.1.0", "x86_64", "the nearest: v6.1.9, v6.1.192, v6.12.0"],
    ["6.2.x", "x86_64", "the nearest: v6.1.9, v6.1.192, v6.12.0"],
    ["latest", "s390x", "there are baselines for: arm64, x86_64"],
    ["running-lts", "x86_64", "see `tpabi baseline list`"],
  ])("%s for %s is not there, and the nearest are named", (name, arch, hint) => {
    expect(() => findBaseline(ALL, name, arch, "5.4.0")).toThrow(
      expect.objectContaining({ code: "unknown-kernel", hint: expect.stringContaining(hint) }),
    );
  });

  test.each(["", "newest", "6.x", "HEAD", "./6.1"])("'%s' is no name of a baseline", (name) => {
    expect(isBaselineName(name)).toBe(false);
  });
});

describe("a range of baselines", () => {
  let directory: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "tpabi-"));
    const versions = ["6.12.117", "2.6.38", "6.1.192", "6.1.0-rc7", "5.10.265"];
    await writeBaselines(directory, additionsOf(...versions.map((version) => [version] as const), ["6.12.117", "arm64"]));
  });
  afterAll(() => rm(directory, { recursive: true }));

  test.each([
    [">=5.10 <6.2", "x86_64", ["5.10.265", "6.1.0-rc7", "6.1.192"]],
    ["*", "arm64", ["6.12.117"]],
    ["2.6.x || 6.12", "x86_64", ["2.6.38", "6.12.117"]],
  ])("%s for %s selects %j", async (range, arch, expected) => {
    const selected = await selectKernels(range, arch, { baselines: [directory] });
    expect(selected.map(({ version }) => version)).toEqual(expected);
  });

  test.each([
    ["7.x", "x86_64", "unknown-kernel", "they begin with 2.6.38 and end with 6.12.117; see `tpabi baseline list`"],
    ["*", "s390x", "unknown-kernel", "there are no baselines for s390x"],
    ["newest", "x86_64", "bad-range", "write such as '>=5.4 <6.2', '6.1.x', '5.10 || 6.12' or '2.6.x'"],
  ])("%s for %s is refused", async (range, arch, code, hint) => {
    await expect(selectKernels(range, arch, { baselines: [directory] })).rejects.toMatchObject({ code, hint });
  });
});
