// The options that say what fails, shared by all commands that can fail for findings, and where tpabi.yml is found.
// The only place that looks at the calendar.

import { existsSync } from "node:fs";
import { basename, dirname, isAbsolute, join, resolve } from "node:path";

import { type Command, Option } from "commander";

import type { PolicyOptions } from "../policy/apply.ts";
import { FAIL_ON, type FailOn, POLICIES, type PolicyName } from "../rules/policy.ts";

/** The name of the configuration file. */
export const CONFIG_NAME = "tpabi.yml";

export interface PolicyFlags {
  readonly policy?: PolicyName;
  readonly failOn?: FailOn;
  readonly configFile?: string;
}

export function addPolicyOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--policy <name>", "what fails: likely breakage, any loss of function, or any change")
        .choices(POLICIES)
        .default(undefined, "mainline"),
    )
    .addOption(new Option("--fail-on <level>", "exit 1 if a finding has this level or a worse one").choices(FAIL_ON))
    .addOption(configFileOption());
}

export function configFileOption(): Option {
  return new Option(
    "--config-file <file>",
    `policy, acceptances and more (default: ${CONFIG_NAME} here or at the top of the repository)`,
  );
}

/** What the flags and the configuration say; the file is looked for in the directory and at the top of its repository. */
export async function readPolicy(flags: PolicyFlags, directory = "."): Promise<Omit<PolicyOptions, "isFiltered">> {
  const path = flags.configFile ?? findConfig(directory);
  return {
    today: today(),
    ...(flags.policy !== undefined && { policy: flags.policy }),
    ...(flags.failOn !== undefined && { failOn: flags.failOn }),
    ...(path !== undefined && { config: await readConfigFile(path, flags.configFile ?? CONFIG_NAME) }),
  };
}

/** This day, such as `2027-01-31`, as UTC has it. */
export function today(): string {
  return new Date().toISOString().slice(0, 10);
}

async function readConfigFile(path: string, called: string): Promise<NonNullable<PolicyOptions["config"]>> {
  const [{ readConfig }, { readText }] = await Promise.all([
    import("../policy/read-config.ts"),
    import("../sources/files.ts"),
  ]);
  // Reports hold no absolute paths.
  return readConfig(await readText(path), isAbsolute(called) ? basename(called) : called);
}

/** The file in a directory, else at the top of the git repository that the directory is in. */
export function findConfig(directory: string): string | undefined {
  const here = resolve(directory);
  return [here, findTop(here)]
    .flatMap((place) => (place === undefined ? [] : [join(place, CONFIG_NAME)]))
    .find((path) => existsSync(path));
}

/** The first directory upwards that has a `.git`; in a worktree that is a file. */
export function findTop(directory: string): string | undefined {
  if (existsSync(join(directory, ".git"))) return directory;
  return dirname(directory) === directory ? undefined : findTop(dirname(directory));
}
