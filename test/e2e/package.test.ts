// The package as npm would publish it, unpacked outside of the checkout: what is in it, and that it works without anything else.

import { execFileSync, spawnSync, type SpawnSyncReturns } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const place = mkdtempSync(join(tmpdir(), "tpabi-package-"));
const unpacked = join(place, "package");

interface Contents {
  readonly filename: string;
  readonly size: number;
  readonly unpackedSize: number;
  readonly files: readonly { readonly path: string }[];
}
let contents: Contents;

beforeAll(() => {
  const packed = spawnSync("npm", ["pack", "--json", "--ignore-scripts", "--pack-destination", place], {
    cwd: ROOT,
    encoding: "utf8",
  });
  [contents] = JSON.parse(packed.stdout) as [Contents];
  spawnSync("tar", ["-xf", join(place, contents.filename), "-C", place]);
}, 60_000);

afterAll(() => rmSync(place, { recursive: true, force: true }));

/** What of the repository goes along as it is. */
const COMMITTED = [
  /^(ARCHITECTURE|CHANGELOG|README)\.md$|^LICENSE$|^(kernels|package)\.json$/,
  /^(baselines|data|docs|man)\//,
  /^scripts\/install\.mjs$/,
  // What `cargo build` needs for the addon.
  /^native\/Cargo\.(toml|lock)$|^native\/(binding|core|tree)\/(Cargo\.toml|build\.rs|src\/.*)$/,
];
const LEFT_OUT = /(^|\/)tests?(\/|\.rs$)/;

/** What building makes of the rest; the names of the command line's parts hold a hash. */
const BUILT = ["cli/LICENSES.txt", "cli/main.js", "cli/package.json", "cli/PART.js"].concat(
  ["LICENSES.txt", "app.css", "app.js", "judge.js"].map((name) => `site/app/${name}`),
);

test("holds what is needed to run and to build the addon, and nothing else", () => {
  const committed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
    encoding: "utf8",
  })
    .split("\n")
    .filter((path) => path !== "");
  const expected = [
    ...committed.filter((path) => COMMITTED.some((pattern) => pattern.test(path)) && !LEFT_OUT.test(path)),
    ...BUILT.map((path) => `dist/${path}`),
    ...committed
      .flatMap((path) => /^src\/(?!cli\/|action\/|site\/app\/)(.*)\.ts$/.exec(path)?.[1] ?? [])
      .flatMap((path) => [`dist/${path}.js`, `dist/${path}.d.ts`]),
  ];
  const files = contents.files.map(({ path }) => path.replace(/^(dist\/cli\/)[\w-]+-[\w-]{8}\.js$/, "$1PART.js"));
  expect([...new Set(files)].sort()).toEqual(expected.sort());
});

test("is small", () => {
  const { files, size, unpackedSize } = contents;
  const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  console.info(`the package: ${files.length} files, ${megabytes(size)} packed, ${megabytes(unpackedSize)} unpacked`);
  expect(size).toBeLessThan(5e6);
  expect(unpackedSize).toBeLessThan(10e6);
});

test("compares shipped kernels without packages, addon or network", () => {
  const { status, stdout, stderr } = run(["dist/cli/main.js", "diff", "v6.1.192", "v6.12.117", "--event", "sched:*"]);
  expect(stderr).toBe("");
  expect(status).toBe(1);
  expect(stdout).toContain("sched:");
});

test("without an addon, what needs one says so", () => {
  const { status, stderr } = run(["dist/cli/main.js", "snapshot", "tracefs:."]);
  expect(status).toBe(2);
  expect(stderr).toMatch(/^error: no native addon for linux-/);
  expect(stderr).toMatch(/\nhelp: .*npm rebuild tpabi/);
});

test("the installation goes on without Rust, and says what that means", () => {
  const { status, stderr } = run(["scripts/install.mjs"], { PATH: place });
  expect(status).toBe(0);
  expect(stderr).toMatch(/no prebuilt addon for \S+, and no Rust to build it with/);
});

test("with Rust, the addon is built, and what building leaves behind is removed", () => {
  const tools = join(place, "tools");
  mkdirSync(tools);
  // In place of the real one, which takes minutes.
  const cargo = `#!/bin/sh
[ "$1" = build ] || exit 0
while [ "$1" != --target-dir ]; do shift; done
mkdir -p "$2/release/deps" && touch "$2/release/libtpabi_binding.so"
`;
  writeFileSync(join(tools, "cargo"), cargo, { mode: 0o755 });
  const { status, stderr } = run(["scripts/install.mjs"], { PATH: `${tools}:${process.env.PATH}` });
  expect([status, stderr]).toEqual([0, expect.stringMatching(/^tpabi: no prebuilt addon for \S+; building it .*\n$/)]);
  const addons = readdirSync(join(unpacked, "native")).filter((name) => name.endsWith(".node") || name === "target");
  expect(addons).toEqual([expect.stringMatching(/^tpabi\.linux-.*\.node$/)]);
});

function run(args: readonly string[], env: Readonly<Record<string, string>> = {}): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, args, { cwd: unpacked, encoding: "utf8", env: { ...process.env, ...env } });
}
