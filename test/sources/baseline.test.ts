import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import { expect, test } from "@jest/globals";

import { decode, encode } from "../../src/snapshot/codec.ts";
import { findKernel, type ShippedKernel } from "../../src/sources/baseline.ts";

const KERNELS: readonly ShippedKernel[] = [
  { version: "6.12", arch: "x86_64", file: "a" },
  { version: "6.12.117", arch: "x86_64", file: "b" },
  { version: "6.1.192", arch: "x86_64", file: "c" },
  { version: "6.1.9", arch: "x86_64", file: "d" },
  { version: "6.1.192", arch: "arm64", file: "e" },
  { version: "2.6.38.8", arch: "x86_64", file: "f" },
];

test.each([
  ["v6.12.117", "x86_64", "b"],
  ["6.12.117", "x86_64", "b"],
  // The release itself wins over the newest one of its series.
  ["6.12", "x86_64", "a"],
  ["6.1", "x86_64", "c"],
  ["6.1", "arm64", "e"],
  ["2.6.38", "x86_64", "f"],
  ["latest", "x86_64", "b"],
  ["latest", "arm64", "e"],
])("%s for %s", (name, arch, file) => {
  expect(findKernel(KERNELS, name, arch).file).toBe(file);
});

test.each([
  ["6.12.116", "x86_64", "the nearest shipped: v6.12.117, v6.12, v6.1.192"],
  ["6.1.0", "x86_64", "the nearest shipped: v6.1.9, v6.1.192, v6.12"],
  ["latest", "s390x", "shipped architectures: arm64, x86_64"],
])("%s for %s is not shipped, and the nearest are named", (name, arch, hint) => {
  expect(() => findKernel(KERNELS, name, arch)).toThrow(
    expect.objectContaining({ code: "unknown-kernel", hint: expect.stringContaining(hint) }),
  );
});

const ROOT = new URL("../../", import.meta.url);
const { kernels: shipped } = JSON.parse(readFileSync(new URL("kernels.json", ROOT), "utf8")) as {
  readonly kernels: readonly (ShippedKernel & { readonly sha256: string })[];
};

// They are read without the check that other saved snapshots get.
test.each(shipped)("the baseline of $version for $arch is valid, and the file that kernels.json means", (kernel) => {
  const text = readFileSync(new URL(kernel.file, ROOT), "utf8");
  expect(createHash("sha256").update(text).digest("hex")).toBe(kernel.sha256);
  const snapshot = decode(text, kernel.file);
  expect(snapshot.kernel).toMatchObject({ version: kernel.version, arch: kernel.arch });
  // The addon wrote the file; the codec would have written the same.
  expect(encode(snapshot) === text).toBe(true);
});
