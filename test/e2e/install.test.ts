// The package as a user installs it: from a registry, together with the addon that was built for this platform, and then
// used from another directory without network. The registry is a small one of our own, on this machine.

import { execFile, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const FIXTURE = `tracefs:${join(ROOT, "test/fixtures/tracefs-6.12.117")}`;
const place = mkdtempSync(join(tmpdir(), "tpabi-install-"));
const packed = join(place, "packed");
const prefix = join(place, "prefix");
const addon = readdirSync(join(ROOT, "native")).find((name) => name.endsWith(".node")) ?? "";
const platform = addon.replace(/^tpabi\.|\.node$/g, "");
const installed = join(prefix, "lib/node_modules/tpabi");
const run = promisify(execFile);

let registry: Server;
beforeAll(async () => {
  mkdirSync(join(place, "addons"));
  cpSync(join(ROOT, "native", addon), join(place, "addons", addon));
  const node = process.execPath;
  await run(node, [join(ROOT, "scripts/pack.mjs"), join(place, "addons"), packed, "--some"]);
  const { dependencies } = readJson(join(ROOT, "package.json"));
  const needed = Object.keys(dependencies ?? {}).map((name) => join(ROOT, "node_modules", name));
  await run("npm", ["pack", ...needed, "--ignore-scripts", "--pack-destination", packed]);
  registry = await serve(readdirSync(packed).filter((name) => name.endsWith(".tgz")));
  const { port } = registry.address() as AddressInfo;
  const tarball = readdirSync(packed).find((name) => /^tpabi-\d/.test(name)) ?? "";
  const options = ["--prefix", prefix, "--cache", join(place, "cache"), "--no-audit", "--no-fund"];
  await run("npm", ["i", "-g", join(packed, tarball), `--registry=http://127.0.0.1:${port}/`, ...options], {
    // Whatever npm runs must not find a Rust to build an addon with: the prebuilt one has to do.
    env: { ...process.env, CARGO: "/nonexistent", npm_config_userconfig: "/dev/null" },
    cwd: place,
  });
  registry.close();
}, 300_000);

afterAll(() => {
  registry?.close();
  rmSync(place, { recursive: true, force: true });
});

describe("after `npm i -g`", () => {
  test("shipped kernels are compared from another directory, without network", () => {
    const { status, stdout, stderr } = offline("tpabi", "diff", "v6.1.192", "v6.12.117", "--event", "sched:*");
    expect([status, stderr]).toEqual([1, ""]);
    expect(stdout).toContain("sched:sched_stat_runtime");
  });

  test("the prebuilt addon of this platform reads kernels, and nothing was built", () => {
    const { status, stdout } = offline("tpabi", "snapshot", FIXTURE);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ schemaVersion: 1, kernel: { origin: ["tracefs"] } });
    expect(existsSync(join(installed, "node_modules/@tpabi", `native-${platform}`, addon))).toBe(true);
    expect(readdirSync(join(installed, "native")).filter((name) => /\.node$|^target$/.test(name))).toEqual([]);
  });

  test("the library can be imported", () => {
    const program = `import { listBaselines } from "${join(installed, "dist/index.js")}"; console.log((await listBaselines()).length > 50)`;
    const { stdout, stderr } = offline("node", "--input-type=module", "-e", program);
    expect([stdout, stderr]).toEqual(["true\n", ""]);
  });

  test("the man page lies where man looks", () => {
    expect(existsSync(join(prefix, "share/man/man1/tpabi.1"))).toBe(true);
  });
});

/** In a network of its own that leads nowhere, where the system lets us. */
function offline(...command: readonly string[]): { status: number | null; stdout: string; stderr: string } {
  const isolated = spawnSync("unshare", ["-rn", "true"]).status === 0 ? ["unshare", "-rn"] : [];
  const [program = "", ...args] = [...isolated, ...command];
  const env = { ...process.env, PATH: `${join(prefix, "bin")}:${process.env["PATH"] ?? ""}`, HOME: place };
  return spawnSync(program, args, { cwd: tmpdir(), encoding: "utf8", env });
}

/** A registry that has these tarballs and nothing else. */
async function serve(tarballs: readonly string[]): Promise<Server> {
  const packages = new Map(
    tarballs.map((file) => {
      const text = spawnSync("tar", ["-xzOf", join(packed, file), "package/package.json"], { encoding: "utf8" }).stdout;
      return [(JSON.parse(text) as { name: string }).name, { manifest: JSON.parse(text) as Manifest, file }] as const;
    }),
  );
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? "").slice(1);
    const found = packages.get(path);
    if (found !== undefined) {
      response.end(JSON.stringify(describePackage(found.manifest, found.file, request.headers.host ?? "")));
    } else if (path.endsWith(".tgz") && existsSync(join(packed, basename(path)))) {
      response.end(readFileSync(join(packed, basename(path))));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return server;
}

interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
}

function describePackage(manifest: Manifest, file: string, host: string): object {
  const integrity = `sha512-${createHash("sha512")
    .update(readFileSync(join(packed, file)))
    .digest("base64")}`;
  const dist = { tarball: `http://${host}/-/${file}`, integrity };
  return {
    name: manifest.name,
    "dist-tags": { latest: manifest.version },
    versions: { [manifest.version]: { ...manifest, dist } },
  };
}

function readJson(path: string): Manifest {
  return JSON.parse(readFileSync(path, "utf8")) as Manifest;
}
