import { expect, test } from "@jest/globals";

import { nearest } from "../../src/cli/did-you-mean.ts";

test.each([
  ["field-removd", "field-removed"],
  ["field-remove", "field-removed"],
  ["fields-renamed", "field-renamed"],
  ["nonsense", undefined],
])("%s may be %s", (text, expected) => {
  expect(nearest(text, ["field-removed", "field-renamed", "argument-inserted"])).toBe(expected);
});
