// Which kernels an audit looks at, and reading each of them more than once.
// Invariant: oldest first, each once; a kernel is read by the same spelling both times.

import { selectKernels } from "../baselines/select.ts";
import { ToolError } from "../errors.ts";
import type { Snapshot } from "../snapshot/model.ts";
import { compareVersions } from "../snapshot/version.ts";
import type { ReadOptions } from "../sources/reader.ts";
import { readSnapshot } from "../sources/source.ts";
import { type KernelView, viewOf, type Wanted } from "./kernel-view.ts";

export interface KernelChoice {
  /** Versions of shipped kernels, such as `>=5.4`. */
  readonly range?: string;
  /** Kernels spelled as in every command. */
  readonly kernels?: readonly string[];
}

/** Kernels under the names that reports use. */
export interface Kernels {
  readonly views: readonly KernelView[];
  /** How many things each kernel's reader did not understand, by name. */
  readonly problems: ReadonlyMap<string, number>;
  /** Reads one of them in full again: dozens at once would fill the memory. */
  readonly read: (name: string) => Promise<Snapshot>;
}

/** Without any choice, all shipped kernels of the architecture. */
export async function readKernels(choice: KernelChoice, wanted: Wanted, options: ReadOptions): Promise<Kernels> {
  const { range, kernels = [] } = choice;
  const shipped =
    range === undefined && kernels.length > 0
      ? []
      : await selectKernels(range ?? "*", options.arch ?? "x86_64", options);
  const spellings = new Map([
    ...shipped.map(({ version }) => [`v${version}`, `baseline:${version}`] as const),
    ...kernels.map((kernel) => [kernel.replace(/^(?:git|baseline):(?=.)/, ""), kernel] as const),
  ]);
  const read = (name: string): Promise<Snapshot> => {
    const spelling = spellings.get(name);
    if (spelling === undefined) throw new ToolError("bad-kernel", `'${name}' is no kernel of this audit`);
    return readSnapshot(spelling, options);
  };
  const views: KernelView[] = [];
  const problems = new Map<string, number>();
  for (const name of spellings.keys()) {
    const snapshot = await read(name);
    views.push(viewOf(name, snapshot, wanted));
    problems.set(name, snapshot.problems.length);
    options.onProgress?.(views.length, spellings.size, "reading kernels");
  }
  return { views: views.sort(byVersion), problems, read };
}

/** A kernel that does not know its version stands last, as the one that the user is working on. */
function byVersion(one: KernelView, other: KernelView): number {
  const [left, right] = [one.kernel.version, other.kernel.version];
  if (left === "" || right === "") return Number(left === "") - Number(right === "");
  return compareVersions(left, right);
}
