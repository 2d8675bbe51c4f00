// Baselines for people: the table of `baseline list`, and what `baseline show` says of one.

import type { Provenance, Series } from "../baselines/registry.ts";
import type { Baseline } from "../baselines/store.ts";
import { escapeControls, grouped } from "../reports/text.ts";
import type { Snapshot } from "../snapshot/model.ts";

const HISTORIES: Readonly<Record<"upstream" | "releases" | "import", string>> = {
  upstream: "all commits of upstream",
  releases: "one commit for each release",
  import: "an import of this release",
};

/** One line for each baseline. */
export function renderBaselines(baselines: readonly Baseline[]): string {
  if (baselines.length === 0) return "no baselines\n";
  const rows = baselines.map((one) => [
    one.version,
    one.arch,
    one.lts === undefined ? "" : `LTS to ${one.lts.endOfLife}`,
    grouped(one.events),
    `${describeSource(one.source)}${one.shipped ? "" : " (your own)"}`,
  ]);
  const titles = ["VERSION", "ARCH", "SUPPORT", "EVENTS", "SOURCE"];
  const widths = titles.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => (i === 3 ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0)))
      .join("  ")
      .trimEnd();
  return [line(titles), ...rows.map(line)].map((text) => `${escapeControls(text)}\n`).join("");
}

/** What is known of one baseline, line by line. */
export function renderBaseline(baseline: Baseline, snapshot: Snapshot): string {
  const { version, arch, series, lts, source, config, sha256, pack } = baseline;
  const complete = snapshot.events.filter(({ fields }) => fields.every(({ offset }) => offset !== undefined)).length;
  const facts: readonly (readonly [string, string])[] = [
    ["kernel", `${version} for ${arch}`],
    ["series", `${series}${describeSupport(lts)}`],
    ["source", describeSource(source)],
    ...(source.kind === "git" ? ([["commit", source.commit]] as const) : []),
    [
      "config",
      config === undefined ? "none: conditions are kept" : `${config.package} ${config.version}, ${config.file}`,
    ],
    ["events", `${grouped(snapshot.events.length)}, the layout of ${grouped(complete)} complete`],
    ["tracepoints", grouped(snapshot.tracepoints.length)],
    ["problems", grouped(snapshot.problems.length)],
    ["sha256", sha256],
    ["file", pack],
  ];
  return facts.map(([name, value]) => `${name.padEnd(12)} ${escapeControls(value)}\n`).join("");
}

function describeSupport(lts: Series | undefined): string {
  return lts === undefined ? "" : `, long-term support until ${lts.endOfLife}`;
}

function describeSource(source: Provenance): string {
  switch (source.kind) {
    case "debian":
      return `Debian ${source.package} ${source.version}`;
    case "git": {
      const from = source.repository === undefined ? "" : ` of ${source.repository}`;
      const history = source.history === undefined ? "" : ` (${HISTORIES[source.history]})`;
      return `${source.tag === undefined ? `commit ${source.commit.slice(0, 12)}` : `tag ${source.tag}`}${from}${history}`;
    }
    case "other":
      return `read from ${source.origin.join(" and ")}`;
  }
}
