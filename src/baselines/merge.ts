// Brings together the baselines that several jobs have made, each in a directory of its own.
// Invariant: the same parts give the same bytes whatever their order, since between two that differ nothing is ever chosen.

import { isDeepStrictEqual } from "node:util";

import { ToolError } from "../errors.ts";
import { compareVersions } from "../snapshot/version.ts";
import { readRegistry, type Registry, requireRegistry } from "./registry.ts";
import { type Addition, listBaselines, readAddition, writeBaselines } from "./store.ts";

/** What a merge did. */
export interface Merged {
  /** Releases for one architecture that the directory did not have. */
  readonly added: number;
  /** How many it had already, or another part too. */
  readonly present: number;
}

/** The registry of a directory, with the name that messages call it by. */
interface Part {
  readonly directory: string;
  readonly registry: Registry;
}

/**
 * Merges the baselines of some directories into another one, which may have some already: all of them, or none if one
 * release is not the same in two places.
 */
export async function mergeBaselines(
  directories: readonly string[],
  directory: string,
  onProgress?: (done: number, total: number, what: string) => void,
): Promise<Merged> {
  const parts: Part[] = [];
  for (const part of directories) parts.push({ directory: part, registry: await requireRegistry(part) });
  const own = await readRegistry(directory);
  requireAgreement([{ directory, registry: own }, ...parts]);
  const known = new Set(own.kernels.flatMap(keysOf));
  const additions: Addition[] = [];
  let present = 0;
  for (const [index, part] of directories.entries()) {
    onProgress?.(index, directories.length, `reading ${part}`);
    for (const baseline of await listBaselines([part])) {
      const key = `${baseline.version} ${baseline.arch}`;
      if (known.has(key)) present++;
      else additions.push(await readAddition(baseline));
      known.add(key);
    }
  }
  await writeBaselines(directory, additions, (there) => {
    // Somebody may have added to it meanwhile.
    const all = [{ directory, registry: there }, ...parts];
    requireAgreement(all);
    const series = all.flatMap(({ registry }) => Object.entries(registry.series));
    return { ...there, series: Object.fromEntries(series.sort(([one], [other]) => compareVersions(one, other))) };
  });
  return { added: additions.length, present };
}

function keysOf({ version, arches }: Registry["kernels"][number]): readonly string[] {
  return Object.keys(arches).map((arch) => `${version} ${arch}`);
}

/** Fails where two parts say different things of one release or series, and names both. */
function requireAgreement(parts: readonly Part[]): void {
  const facts = new Map<string, { readonly value: unknown; readonly directory: string }>();
  for (const { directory, registry } of parts) {
    const compare = (what: string, value: unknown): void => {
      const known = facts.get(what);
      if (known === undefined) facts.set(what, { value, directory });
      else if (!isDeepStrictEqual(known.value, value)) {
        throw new ToolError("bad-baseline", `${what} is not the same in '${known.directory}' and '${directory}'`, {
          hint: "a release has one baseline in a directory: keep forks of one release apart, or make the older part again",
        });
      }
    };
    for (const [name, series] of Object.entries(registry.series)) compare(`the support of ${name}`, series);
    for (const { version, arches, source } of registry.kernels) {
      for (const [arch, entry] of Object.entries(arches)) compare(`${version} for ${arch}`, entry);
      compare(`the source of ${version}`, source);
    }
  }
}
