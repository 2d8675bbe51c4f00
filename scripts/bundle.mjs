// Puts the compiled command line and all it imports into few files: loading fifty small ones takes longer than most
// commands. The library keeps the files that tsc wrote. Paths relative to a module stay right: all output is in dist/cli.
// The scripts of `tpabi site` become classic ones, the only kind that a browser loads from a disk: dist/site/app.

import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { build } from "rolldown";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const OUT = join(ROOT, "dist/cli");
const APP = join(ROOT, "dist/site/app");

rmSync(OUT, { recursive: true });
// Modules of the old kind: Node loads them faster, and that is what most commands are waited for. A command is loaded
// when it runs.
const cli = await bundle({
  input: { main: "src/cli/main.ts" },
  platform: "node",
  output: { dir: OUT, format: "cjs" },
});
writeFileSync(join(OUT, "package.json"), '{ "type": "commonjs" }\n');

const app = await classicScript("src/site/app/main.tsx", "app.js");
// A script of its own, loaded where two kernels are compared; what it exports is there as `tpabiJudge`.
const judge = await classicScript("src/site/app/judge.ts", "judge.js", { name: "tpabiJudge" });
const styles = ["node_modules/uplot/dist/uPlot.min.css", "src/site/app/app.css", "src/site/app/views.css"];
writeFileSync(join(APP, "app.css"), styles.map((path) => readFileSync(join(ROOT, path), "utf8")).join("\n"));
writeLicenses(OUT, cli);
writeLicenses(APP, app, judge);

// The entry of the GitHub Action, which GitHub runs from a checkout as it is: this file is committed, and stays legible
// for those who review what their workflow runs.
await bundle({
  input: "src/action/main.ts",
  platform: "node",
  output: {
    file: join(ROOT, "action/index.js"),
    format: "esm",
    codeSplitting: false,
    postBanner: "// Built from src/action by scripts/bundle.mjs (npm run build:ts); do not edit.",
  },
});

/** Bundles; what the bundler only warns of fails, too. */
function bundle(options) {
  return build({
    cwd: ROOT,
    ...options,
    onLog: (level, log) => {
      // What one command loads late, another may load at once.
      if (level === "warn" && log.code !== "INEFFECTIVE_DYNAMIC_IMPORT") throw new Error(log.message);
    },
  });
}

function classicScript(input, file, output = {}) {
  return bundle({
    input,
    platform: "browser",
    // semver looks into `process` for a flag of its own; where a module stands means nothing on a page.
    transform: { target: "es2022", define: { process: "undefined", "import.meta.url": '""' } },
    resolve: { alias: { "node:module": join(ROOT, "src/site/app/node-module.ts") } },
    output: { file: join(APP, file), format: "iife", minify: true, comments: false, ...output },
  });
}

/** The licenses of the packages that are in some bundles: they ask that they go where the code goes. */
function writeLicenses(directory, ...builds) {
  const inputs = builds.flatMap(({ output }) => output.flatMap(({ moduleIds = [] }) => moduleIds));
  const packages = new Set(inputs.flatMap((path) => /(?<=\/)node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path) ?? []));
  const licenses = [...packages].sort().map((path) => {
    const name = readdirSync(join(ROOT, path)).find((file) => /^licen[cs]e/i.test(file));
    return `${path.replace("node_modules/", "")}\n\n${readFileSync(join(ROOT, path, name), "utf8")}`;
  });
  writeFileSync(join(directory, "LICENSES.txt"), licenses.join("\n\n"));
}
