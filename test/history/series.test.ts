import { expect, test } from "@jest/globals";

import { linkKernels, pathTo, seriesBetween } from "../../src/history/series.ts";

test.each([
  [
    "point releases follow each other",
    ["6.1.1", "6.1.0", "6.1.2"],
    ["6.1.0 <- nothing", "6.1.1 <- 6.1.0", "6.1.2 <- 6.1.1"],
  ],
  [
    "a series follows the first of the one before",
    ["6.1.5", "6.1.9", "6.12.3"],
    ["6.1.5 <- nothing", "6.1.9 <- 6.1.5", "6.12.3 <- 6.1.5"],
  ],
  [
    "candidates are mainline",
    ["5.17", "5.17.3", "5.18-rc1", "5.18", "5.18.1", "5.19-rc1"],
    ["5.17 <- nothing", "5.17.3 <- 5.17", "5.18-rc1 <- 5.17", "5.18 <- 5.18-rc1", "5.18.1 <- 5.18", "5.19-rc1 <- 5.18"],
  ],
  [
    "2.6 has its series in the third place",
    ["2.6.38", "2.6.38.8", "2.6.39.4"],
    ["2.6.38 <- nothing", "2.6.38.8 <- 2.6.38", "2.6.39.4 <- 2.6.38"],
  ],
  ["the same kernel twice is one", ["6.1", "6.1"], ["6.1 <- nothing"]],
  ["no kernels", [], []],
])("%s", (_, versions, expected) => {
  expect(linkKernels(versions).map(({ version, previous = "nothing" }) => `${version} <- ${previous}`)).toEqual(
    expected,
  );
});

test("a path leads along mainline and then into the series of its end", () => {
  const links = linkKernels(["5.10", "5.10.9", "6.1", "6.1.5", "6.1.9", "6.2"]);
  expect(pathTo(links, "6.1.9").map(({ version }) => version)).toEqual(["5.10", "6.1", "6.1.5", "6.1.9"]);
});

test.each([
  ["2.6.39", "3.0", 1],
  ["3.19", "4.0", 1],
  ["4.20", "5.0", 1],
  ["5.19", "6.0", 1],
  ["6.19", "7.0", 1],
  ["5.10.3", "6.12", 22],
  ["6.1.170", "6.1.192", 0],
  ["a device", "6.1", undefined],
])("from %s to %s there are %s mainline releases", (before, after, expected) => {
  expect(seriesBetween(before, after)).toBe(expected);
});

test("kernels of different groups have predecessors of their own", () => {
  const groupOf = (version: string): string => (version.includes("+deb") ? "configured" : "");
  const links = linkKernels(["6.1.0", "6.1.9+deb", "6.1.10", "6.1.12+deb", "6.12.1+deb"], groupOf);
  expect(links.map(({ version, previous = "nothing" }) => `${version} <- ${previous}`)).toEqual([
    "6.1.0 <- nothing",
    "6.1.9+deb <- nothing",
    "6.1.10 <- 6.1.0",
    "6.1.12+deb <- 6.1.9+deb",
    "6.12.1+deb <- 6.1.9+deb",
  ]);
});
