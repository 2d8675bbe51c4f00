// Puts the compiled command line and all it imports into few files: loading fifty small ones takes longer than most
// commands. The library keeps the files that tsc wrote. Paths relative to a module stay right: all output is in dist/cli.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "esbuild";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "dist/cli");

rmSync(OUT, { recursive: true });
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ["src/cli/main.ts"],
  outdir: OUT,
  bundle: true,
  // A command is loaded when it runs.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node20",
  metafile: true,
  // Packages in the old module format ask for Node's modules with `require`.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
  },
});

// Their licenses ask that they go where the code goes.
const packages = new Set(Object.keys(metafile.inputs).flatMap((path) => /^node_modules\/[^/]+/.exec(path) ?? []));
const licenses = [...packages].sort().map((path) => {
  const name = readdirSync(join(ROOT, path)).find((file) => /^licen[cs]e/i.test(file));
  return `${path.replace("node_modules/", "")}\n\n${readFileSync(join(ROOT, path, name), "utf8")}`;
});
writeFileSync(join(OUT, "LICENSES.txt"), licenses.join("\n\n"));
