// Disks that are full or must not be written, processes that are killed while they write or that share a cache: there is never
// half a file under the name that was asked for, the error says why, and the next run works.

import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  closeSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";

import { afterAll, beforeAll, describe, expect, jest, test } from "@jest/globals";

import { demoTree, writeFiles } from "./demo-tree.ts";
import { NOBODY, type Result, ROOT, run } from "./run.ts";

jest.setTimeout(120_000);

const CLI = join(ROOT, "dist/cli/main.js");
const KERNEL = join(ROOT, "test/fixtures/tracefs-6.12.117");
const OTHER = join(ROOT, "test/fixtures/tracefs-6.1.192");

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "tpabi-storage-"));
  chmodSync(directory, 0o755);
  const repo = join(directory, "repo");
  mkdirSync(repo);
  const git = (...args: readonly string[]): Result =>
    run("git", ["-c", "user.name=Ann", "-c", "user.email=ann@example.org", ...args], repo);
  git("init", "-q");
  for (const sublevel of [1, 2]) {
    writeFiles(repo, demoTree(sublevel, `__field(${sublevel === 1 ? "int" : "long"}, cpu)`));
    git("add", "-A");
    git("commit", "-q", "-m", `Linux 6.12.${sublevel}`);
    git("tag", `v6.12.${sublevel}`);
  }
  writeFileSync(join(directory, "a.patch"), git("format-patch", "--stdout", "-1").stdout);
});
afterAll(() => rmSync(directory, { recursive: true }));

const tpabi = (args: readonly string[], variables: NodeJS.ProcessEnv = {}, uid?: number): Result =>
  run(process.execPath, [CLI, ...args], directory, uid, variables);

const CHECK = ["check", "v6.12.1..v6.12.2", "--repo", "repo", "--format", "json", "--fail-on", "never"];

describe("a cache", () => {
  test("that several processes fill at once makes no difference", async () => {
    const cache = { XDG_CACHE_HOME: join(directory, "cache") };
    const expected = tpabi([...CHECK, "--no-cache"]).stdout;
    const start = (): Promise<readonly [number | null, string]> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, [CLI, ...CHECK], { cwd: directory, env: { ...process.env, ...cache } });
        let text = "";
        child.stdout.on("data", (data: Buffer) => (text += data.toString()));
        child.on("close", (status) => resolve([status, text]));
      });
    for (const result of await Promise.all([start(), start(), start(), start()])) expect(result).toEqual([0, expected]);
    expect(tpabi(CHECK, cache)).toMatchObject({ status: 0, stdout: expected });
  });

  test("that is damaged, or no directory, makes no difference", () => {
    const cache = join(directory, "cache");
    const expected = tpabi([...CHECK, "--no-cache"]).stdout;
    for (const name of readdirSync(cache, { recursive: true, withFileTypes: true })) {
      if (!name.isFile()) continue;
      const path = join(name.parentPath, name.name);
      writeFileSync(path, readFileSync(path).subarray(0, -5));
    }
    expect(tpabi(CHECK, { XDG_CACHE_HOME: cache })).toMatchObject({ status: 0, stdout: expected, stderr: "" });
    writeFileSync(join(directory, "file"), "");
    const none = tpabi(CHECK, { XDG_CACHE_HOME: join(directory, "file") });
    expect(none).toMatchObject({ status: 0, stdout: expected, stderr: "" });
  });
});

test("commands work for who may write nowhere", () => {
  const readable = join(directory, "readable");
  cpSync(join(directory, "repo"), readable, { recursive: true });
  const home = join(directory, "home");
  mkdirSync(home, { mode: 0o555 });
  // Git trusts repositories of one's own alone.
  if (NOBODY !== undefined) spawnSync("chown", ["-R", `${NOBODY}:${NOBODY}`, readable]);
  const all = (args: readonly string[]): Result =>
    tpabi(args, { HOME: home, XDG_CACHE_HOME: "", TMPDIR: home }, NOBODY);
  const check = CHECK.map((arg) => (arg === "repo" ? "readable" : arg));
  const first = all(check);
  if (first.stderr.includes("MODULE_NOT_FOUND")) {
    console.warn("skipped: another user cannot read this checkout");
    return;
  }
  expect(first).toMatchObject({ status: 0, stderr: "" });
  expect(all(["diff", `tracefs:${OTHER}`, `tracefs:${KERNEL}`, "--fail-on", "never"])).toMatchObject({
    status: 0,
    stderr: "",
  });
  expect(all(["history", "demo_tick", "--repo", "readable", "--kernels", "6.12"])).toMatchObject({
    status: 0,
    stderr: "",
  });
  // These two need a place for what git makes of a patch.
  const patch = all(["check", "--patch", "a.patch", "--base", "v6.12.1", "--repo", "readable"]);
  expect([patch.status, patch.stdout]).toEqual([2, ""]);
  expect(patch.stderr).toMatch(/^error: cannot make a directory in '.*home'.*\nhelp: .*TMPDIR\n$/);
  const output = all(["snapshot", `tracefs:${KERNEL}`, "-o", join(home, "x.json")]);
  expect(output).toMatchObject({ status: 2, stdout: "", stderr: expect.stringContaining("permission denied") });
  const add = all(["baseline", "add", "git:v6.12.1", "--repo", "readable"]);
  expect(add).toMatchObject({ status: 2, stdout: "" });
  expect(add.stderr).toMatch(/^error: .*permission denied/);
});

/** A disk of a megabyte, of which few bytes are left. */
function withFullDisk(work: (disk: string) => void): void {
  const disk = mkdtempSync(join(directory, "disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=256k", "none", disk]).status === 0;
  if (!mounted) {
    console.warn("skipped: only root can mount a small disk");
    return;
  }
  try {
    mkdirSync(join(disk, "baselines"));
    mkdirSync(join(disk, "cache"));
    const filler = openSync(join(disk, "filler"), "w");
    closeSync(filler);
    spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "filler")}`, "bs=4096"]);
    work(disk);
  } finally {
    spawnSync("umount", ["-l", disk]);
  }
}

test("a full disk is one clear error, and what was there stays", () => {
  withFullDisk((disk) => {
    const names = (): readonly string[] => readdirSync(disk, { recursive: true, encoding: "utf8" }).sort();
    const before = names();
    const kernels = [`tracefs:${OTHER}`, `tracefs:${KERNEL}`];
    const fails: readonly (readonly string[])[] = [
      ["snapshot", kernels[0] as string, "-o", join(disk, "x.json")],
      ["diff", ...kernels, "--output", `html=${join(disk, "x.html")}`],
      ["notes", ...kernels, "-o", join(disk, "notes.md")],
      ["site", "--kernels", "2.6.31", "-o", join(disk, "site")],
      ["baseline", "add", "git:v6.12.1", "--repo", "repo", "--dir", disk],
      ["check", "--patch", "a.patch", "--base", "v6.12.1", "--repo", "repo"],
    ];
    for (const args of fails) {
      const { status, stdout, stderr } = tpabi(args, { TMPDIR: disk });
      expect([args[0], status, stdout]).toEqual([args[0], 2, ""]);
      expect(stderr).toMatch(/^error: .*(?:no space|No space).*\n(?:help: .*\n)?$/);
      expect(names()).toEqual(before);
    }
    const full = openSync(join(disk, "filler"), "a");
    const printed = spawnSync(process.execPath, [CLI, "diff", ...kernels], {
      stdio: ["ignore", full, "pipe"],
      encoding: "utf8",
    });
    closeSync(full);
    expect(printed).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(/^error: cannot write to stdout: .*no space/i),
    });
    // A cache is no reason to fail.
    const cache = { XDG_CACHE_HOME: join(disk, "cache") };
    expect(tpabi(CHECK, cache)).toMatchObject({ status: 0, stderr: "" });
    rmSync(join(disk, "filler"));
    expect(tpabi(fails[0] as string[]).status).toBe(0);
    expect(tpabi(["baseline", "add", "git:v6.12.1", "--repo", "repo", "--dir", disk]).status).toBe(0);
  });
});

/** Starts a command and kills it as soon as something new stands in a directory, or where it ends before. */
async function killWhileWriting(args: readonly string[], watched: string): Promise<void> {
  const before = new Set(readdirSync(watched));
  const child = spawn(process.execPath, [CLI, ...args], { cwd: directory, stdio: "ignore" });
  const ended = new Promise((resolve) => child.on("close", resolve));
  while (child.exitCode === null && readdirSync(watched).every((name) => before.has(name))) await setTimeout(1);
  child.kill("SIGKILL");
  await ended;
}

describe("a process that is killed while it writes", () => {
  test("leaves the file as it was, or the new one", async () => {
    const place = join(directory, "killed");
    mkdirSync(place);
    const output = join(place, "x.json");
    const args = ["snapshot", "v6.12.117", "-o", output];
    await killWhileWriting(args, place);
    const left = existsSync(output) ? readFileSync(output, "utf8") : undefined;
    expect(tpabi(args).status).toBe(0);
    const whole = readFileSync(output, "utf8");
    expect(left ?? whole).toBe(whole);
    await killWhileWriting(args, place);
    expect(readFileSync(output, "utf8")).toBe(whole);
  });

  test("leaves baselines that can be read and added to", async () => {
    const own = join(directory, "own");
    const add = (rev: string): readonly string[] => ["baseline", "add", `git:${rev}`, "--repo", "repo", "--dir", own];
    expect(tpabi(add("v6.12.1")).status).toBe(0);
    await killWhileWriting(add("v6.12.2"), join(own, "baselines"));
    expect(tpabi(["baseline", "list", "--dir", own]).status).toBe(0);
    const { status, stderr } = tpabi(add("v6.12.2"));
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^added 6\.12\.2 /)]);
    expect(tpabi(["baseline", "verify", "6.12.2", "--dir", own]).status).toBe(0);
    expect(readdirSync(join(own, "baselines"))).not.toContain("lock");
  });

  test("leaves a site that is whole, or none", async () => {
    const place = join(directory, "web");
    mkdirSync(place);
    const args = ["site", "--kernels", "2.6.31 || 2.6.32", "-o", join(place, "site")];
    await killWhileWriting(args, place);
    expect(existsSync(join(place, "site")) && !existsSync(join(place, "site/tpabi-site.json"))).toBe(false);
    expect(tpabi(args).status).toBe(0);
    expect(existsSync(join(place, "site/tpabi-site.json"))).toBe(true);
  });

  test("leaves a cache that does no harm", async () => {
    const cache = join(directory, "killed-cache");
    mkdirSync(join(cache, "tpabi"), { recursive: true });
    process.env["XDG_CACHE_HOME"] = cache;
    await killWhileWriting(CHECK, join(cache, "tpabi"));
    delete process.env["XDG_CACHE_HOME"];
    const expected = tpabi([...CHECK, "--no-cache"]).stdout;
    expect(tpabi(CHECK, { XDG_CACHE_HOME: cache })).toMatchObject({ status: 0, stdout: expected });
  });
});
