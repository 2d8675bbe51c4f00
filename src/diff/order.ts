// The one order of text in diffs and findings: by UTF-16 code unit, the same on every machine and locale.

export function compareText(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
