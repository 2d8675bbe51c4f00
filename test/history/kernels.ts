// Kernels in the text of src/rules/example.ts, walked in the order of their versions.

import { type Step, walk } from "../../src/history/walk.ts";
import { parseExample } from "../../src/rules/example.ts";

export function walkExamples(kernels: Readonly<Record<string, string>>): AsyncGenerator<Step, void, void> {
  return walk(Object.keys(kernels), { read: (version) => Promise.resolve(parseExample(kernels[version] ?? "")) });
}
