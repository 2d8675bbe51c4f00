import { expect, test } from "@jest/globals";

import { compareVersions, nearestVersions, parseVersion, seriesOf } from "../../src/snapshot/version.ts";

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
