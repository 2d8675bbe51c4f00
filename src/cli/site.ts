// `tpabi site`: the history of all tracepoints as pages that any web server or a disk serves.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import type { Command } from "commander";

import type { Ours } from "../sources/directory.ts";
import { say } from "./print.ts";
import { addKernelOptions, type KernelFlags, SERIES_HELP, withKernels } from "./series-options.ts";

const EXAMPLES = `
Examples:
  tpabi site -o site                             then open site/index.html
  tpabi site -o site --kernels '>=5.4'           newer kernels alone: smaller, and done sooner
  tpabi site -o site --repo ~/linux --kernels 6.12
  tpabi site -o /var/www/tracepoints             again: a site that is there is replaced as a whole

The pages ask the network for nothing, need no server, and work when the directory is copied.
`;

/** The scripts and styles of the pages, as scripts/bundle.mjs builds them. */
const APP = fileURLToPath(new URL("../site/app/", import.meta.url));
const ASSETS = ["app.js", "app.css", "judge.js", "LICENSES.txt"];

/** By this a directory is known to be a site that may be replaced. */
const OURS: Ours = { marker: "tpabi-site.json", names: ["index.html", "data", ...ASSETS] };

interface Flags extends KernelFlags {
  readonly output: string;
}

export function define(command: Command): void {
  addKernelOptions(command)
    .requiredOption("-o, --output <dir>", "the directory to write; one that is there must be empty, or such a site")
    .addHelpText("after", EXAMPLES + SERIES_HELP)
    .action(run);
}

async function run({ output, ...flags }: Flags): Promise<void> {
  const [
    { generateSite },
    { SITE_SCHEMA_VERSION },
    { checkReplaceable, writeDirectory },
    { readText },
    { listBaselines },
    { TOOL },
  ] = await Promise.all([
    import("../site/site.ts"),
    import("../site/data.ts"),
    import("../sources/directory.ts"),
    import("../sources/files.ts"),
    import("../baselines/store.ts"),
    import("../reports/tool.ts"),
  ]);
  // Before the work, and again when it is written.
  await checkReplaceable(output, OURS);
  const ends = new Map((await listBaselines()).map(({ version, lts }) => [version, lts?.endOfLife]));
  const pages = await withKernels(flags, ({ versions, ...options }) =>
    generateSite(versions, {
      ...options,
      arch: flags.arch ?? "x86_64",
      endOfLife: (version) => ends.get(version.replace(/^v/, "")),
    }),
  );
  const assets = await Promise.all(ASSETS.map(async (name) => [name, await readText(join(APP, name))] as const));
  const marker = `${JSON.stringify({ schemaVersion: SITE_SCHEMA_VERSION, tool: TOOL })}\n`;
  const files = [...pages, ...assets, [OURS.marker, marker] as const];
  await writeDirectory(output, files, OURS);
  const megabytes = files.reduce((sum, [, text]) => sum + Buffer.byteLength(text), 0) / 1e6;
  say(`wrote ${files.length} files, ${megabytes.toFixed(1)} MB; open ${join(output, "index.html")}`);
}
