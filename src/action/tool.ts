// Finds the command line that the step runs: the checkout of this action with a prebuilt addon, the npm package of a version,
// or the checkout built from source. Invariant: what is run comes from the action or the registry, never from the kernel.

import { execFileSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { ActionError, type Environment } from "./environment.ts";

const VERSION = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

/** The path of the command line. `root` is the directory of the action. */
export function findTool({ variables, print }: Environment, root: string, version: string): string {
  if (version !== "") return install(variables["RUNNER_TEMP"] ?? root, version, print);
  const cli = join(root, "dist/cli/main.js");
  if (existsSync(cli) && hasAddon(root)) return cli;
  print("no prebuilt tpabi for this machine in the action: building it, which needs Rust");
  runNpm(["ci", "--no-audit", "--no-fund"], root);
  runNpm(["run", "build"], root);
  return cli;
}

function hasAddon(root: string): boolean {
  const platform = `${process.platform}-${process.arch}`;
  const isThere = (directory: string, pattern: RegExp): boolean =>
    existsSync(directory) && readdirSync(directory).some((name) => pattern.test(name));
  return (
    isThere(join(root, "native"), new RegExp(`^tpabi\\.${platform}.*\\.node$`)) ||
    isThere(join(root, "node_modules/@tpabi"), new RegExp(`^native-${platform}`))
  );
}

/** The package brings a prebuilt addon along, or builds one from its own sources where there is none for this machine. */
function install(directory: string, version: string, print: (text: string) => void): string {
  if (!VERSION.test(version)) {
    throw new ActionError(`input 'version' is '${version}', expected a version such as 1.2.3`);
  }
  print(`installing tpabi ${version}`);
  const prefix = join(directory, `tpabi-${version}`);
  runNpm(["install", "--no-audit", "--no-fund", "--prefix", prefix, `tpabi@${version}`], directory);
  return join(prefix, "node_modules/tpabi/dist/cli/main.js");
}

function runNpm(args: readonly string[], cwd: string): void {
  try {
    execFileSync("npm", args, { cwd, stdio: ["ignore", "ignore", "inherit"] });
  } catch (error) {
    throw new ActionError(`npm ${args[0]} failed`, { hint: "its output stands above", cause: error });
  }
}
