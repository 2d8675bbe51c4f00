import { expect, test } from "@jest/globals";

import { predecessorsOf } from "../../src/audit/branches.ts";

test.each<[readonly string[], readonly (string | undefined)[]]>([
  [
    ["5.10.1", "5.10.9", "5.15.1", "5.15.7", "6.1"],
    [undefined, "5.10.1", "5.10.1", "5.15.1", "5.15.1"],
  ],
  [
    ["2.6.38.8", "2.6.39", "3.0"],
    [undefined, "2.6.38.8", "2.6.39"],
  ],
  [
    ["6.12.1", "6.12.117+deb12-amd64", ""],
    [undefined, "6.12.1", "6.12.117+deb12-amd64"],
  ],
  [[""], [undefined]],
])("%j follow %j", (versions, expected) => {
  expect(predecessorsOf(versions).map((index) => (index === undefined ? undefined : versions[index]))).toEqual(
    expected,
  );
});
