import { expect, test } from "@jest/globals";

import {
  compareVersions,
  inRange,
  nearestVersions,
  parseRange,
  parseVersion,
  releaseOrder,
  seriesOf,
} from "../../src/snapshot/version.ts";

test.each([
  ["6.12.117", "6.12.117", ""],
  ["v6.12.117", "6.12.117", ""],
  ["6.12", "6.12.0", ""],
  ["6.12-rc3", "6.12.0-rc.3", ""],
  ["v6.12.0-rc3-next-20240101", "6.12.0-rc.3", "next-20240101"],
  ["6.1.0-56-amd64", "6.1.0", "56-amd64"],
  ["6.12.117+deb12-amd64", "6.12.117", "deb12-amd64"],
  ["5.10.43-android12-9", "5.10.43", "android12-9"],
  ["5.14.0-427.el9.x86_64", "5.14.0", "427.el9.x86.64"],
  ["6.1.54-rt15", "6.1.54", "rt15"],
  ["2.6.38.8", "2.38.8", ""],
  ["2.6.39-rc1", "2.39.0-rc.1", ""],
])("%s is %s", (text, version, build) => {
  const parsed = parseVersion(text);
  expect(parsed?.version).toBe(version);
  expect(parsed?.build.join(".")).toBe(build);
});

test.each(["", "latest", "6", "6.12.1.2", "2.4.37", "next-20240101", "6.x", "HEAD~6.1", "linux-6.12"])(
  "'%s' is no release",
  (text) => {
    expect(parseVersion(text)).toBeUndefined();
  },
);

test("releases have one order", () => {
  const ordered = ["junk", "2.6.29", "2.6.38.8", "2.6.39-rc1", "2.6.39", "3.0", "5.4.229", "6.1.192", "6.12-rc2"];
  ordered.push("6.12-rc10", "6.12", "6.12.9", "6.12.117");
  expect(ordered.toReversed().sort(compareVersions)).toEqual(ordered);
});

test.each([
  ["6.12.117", "6.12"],
  ["2.6.38.8", "2.6.38"],
])("%s belongs to the series %s", (text, series) => {
  const version = parseVersion(text);
  expect(version && seriesOf(version)).toBe(series);
});

test("the nearest releases come nearest first", () => {
  const wanted = parseVersion("6.11.3");
  expect(wanted && nearestVersions(wanted, ["5.4.1", "6.1.192", "6.12.117", "6.11.1"], 3)).toEqual([
    "6.11.1",
    "6.12.117",
    "6.1.192",
  ]);
});

test.each([
  [">=5.4 <6.2", ["5.4", "5.4-rc1", "5.10.43-android12-9", "6.1.192"], ["5.3.18", "6.2-rc1", "6.2"]],
  [">=5.4, <6.2", ["5.4.301"], ["6.2"]],
  [">= 5.4", ["v5.4", "7.1.3"], ["4.19.40"]],
  ["6.1.y", ["6.1", "6.1.192"], ["6.2", "6.12.117"]],
  ["6.1.x", ["6.1", "6.1-rc7", "6.1.192", "6.1.0-56-amd64"], ["6.2", "6.12.117"]],
  ["6.1", ["6.1.192"], ["6.12.1"]],
  ["v6.1.0", ["6.1", "6.1.0-56-amd64"], ["6.1-rc7", "6.1.1"]],
  [">=6.2.0", ["6.2", "7.0-rc1"], ["6.2-rc1"]],
  [">=6.2-rc3 <=6.2", ["6.2-rc3", "6.2-rc10", "6.2.9"], ["6.2-rc2", "6.3-rc1"]],
  [">6.1 <=6.12.10", ["6.2-rc1", "6.12.10"], ["6.1.192", "6.12.11"]],
  ["5.10 || 6.12", ["5.10.1", "6.12.117"], ["5.11", "6.1.12"]],
  ["5.4 - 6.1", ["5.4", "6.1.192"], ["6.2"]],
  ["2.6.x", ["2.6.29", "2.6.38.8"], ["3.0"]],
  ["2.6", ["2.6.39-rc1"], ["3.0-rc1"]],
  ["2.6.38", ["2.6.38", "2.6.38.8", "2.6.38-rc1"], ["2.6.39"]],
  ["2.6.38.x", ["2.6.38.8"], ["2.6.37"]],
  [">=2.6.38.8 <3", ["2.6.38.8", "2.6.39"], ["2.6.38", "3.0-rc1"]],
  ["6", ["6.0", "6.18.9"], ["5.19", "7.0"]],
  ["~6.1.100", ["6.1.192"], ["6.1.99", "6.2"]],
  ["*", ["2.6.29", "6.12-rc1"], ["next-20240101", ""]],
])("'%s' has %j in it, and not %j", (range, inside, outside) => {
  const parsed = parseRange(range);
  expect([...inside, ...outside].filter((version) => inRange(version, parsed))).toEqual(inside);
});

test.each([
  "",
  "  ",
  "lts",
  ">=",
  ">=five",
  "6.1 ||",
  "2.4",
  "6.1.2.3",
  ">=6.1 &",
  "6.1..2",
  "=>5.4",
  "6.x.3-",
  "1e9",
  "5.4 -",
])("'%s' is no range", (text) => {
  expect(() => parseRange(text)).toThrow(
    expect.objectContaining({ code: "bad-range", message: `'${text}' is no range of kernel versions` }),
  );
});

test("a number orders releases as they compare", () => {
  const versions = [
    "2.6.9",
    "2.6.38",
    "2.6.38.8",
    "3.0",
    "5.9.1",
    "5.10-rc1",
    "5.10-rc10",
    "5.10",
    "v5.10.7",
    "6.1.0-56-amd64",
  ];
  const numbers = versions.map((version) => releaseOrder(version) ?? 0);
  expect(numbers.toSorted((one, other) => one - other)).toEqual(numbers);
  expect(new Set(numbers).size).toBe(versions.length);
  expect(releaseOrder("6.1.0-56-amd64")).toBe(releaseOrder("6.1"));
  expect(releaseOrder("next-20260101")).toBeUndefined();
});
