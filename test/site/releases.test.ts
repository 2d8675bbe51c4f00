import { expect, test } from "@jest/globals";

import { decodeReleases, encodeReleases, hasRelease } from "../../src/site/releases.ts";

test.each<[number[], string]>([
  [[], ""],
  [[0], "0"],
  [[0, 1, 2], "0-2"],
  [[1, 3, 4, 9], "1 3-4 9"],
])("%j is '%s', and back", (places, text) => {
  expect(encodeReleases(places)).toBe(text);
  expect(decodeReleases(text)).toEqual(places);
  for (let place = 0; place < 12; place++) expect(hasRelease(text, place)).toBe(places.includes(place));
});
