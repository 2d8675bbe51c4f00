// The pipeline of the site, read top to bottom: walk over the kernels, collect, count, and write it all as files.
// Invariant: the same kernels give the same bytes.

import { createRequire } from "node:module";

import { type Maturity, maturityOf } from "../history/maturity.ts";
import { countSteps, type KernelStats } from "../history/stats.ts";
import { pathOf } from "../history/survival.ts";
import { type Step, walk, type WalkOptions } from "../history/walk.ts";
import { compareText } from "../diff/order.ts";
import { TOOL } from "../reports/tool.ts";
import { type Collection, createCollection } from "./collect.ts";
import { type Core, type KernelEntry, type Ranked, SITE_SCHEMA_VERSION, type SystemData } from "./data.ts";
import { renderPage } from "./page.ts";
import { createNamer, toScript } from "./script.ts";
import { buildSearch, eventNames } from "./search-index.ts";
import { stabilityOf } from "./stability.ts";
import { type ToolWatch, watchTools } from "./tools.ts";

/** Entries of the lists on the first page. */
const MAX_RANKED = 20;

export interface SiteOptions extends WalkOptions {
  readonly arch: string;
  /** The month in which a kernel's series ends. */
  readonly endOfLife?: (version: string) => string | undefined;
}

/** A file of the site: its path below the site's directory, and its text. */
export type SiteFile = readonly [path: string, text: string];

/** All files but the scripts and styles of the pages, which are built with tpabi. */
export async function generateSite(versions: readonly string[], options: SiteOptions): Promise<readonly SiteFile[]> {
  const collection = createCollection();
  const tools = watchTools();
  const stats = await countSteps(watchBoth(walk(versions, options), collection, tools));
  return writeFiles(stats, collection, tools, options);
}

async function* watchBoth(steps: AsyncIterable<Step>, collection: Collection, tools: ToolWatch): AsyncGenerator<Step> {
  for await (const step of collection.watch(steps)) {
    tools.see(step.after);
    yield step;
  }
}

function writeFiles(
  stats: readonly KernelStats[],
  collection: Collection,
  tools: ToolWatch,
  options: SiteOptions,
): readonly SiteFile[] {
  const newest = stats.length - 1;
  const line = pathOf(stats, stats[newest]?.version ?? "");
  const maturity = maturityOf(line);
  const systems = [...collection.systems.values()]
    .map((builder) => builder.finish())
    .sort((one, other) => compareText(one.system, other.system));
  const named = tools.finish(collection.hits, eventsByTracepoint(systems));
  const nameFile = createNamer();
  const systemFiles = systems.map((data) => [nameFile("system", data.system), data] as const);
  const toolFiles = named.map((tool) => [nameFile("tool", tool.name), tool] as const);
  const core: Core = {
    schemaVersion: SITE_SCHEMA_VERSION,
    version: TOOL.version,
    arch: options.arch,
    kernels: stats.map((kernel, place) => ({
      ...describeKernel(kernel, stats, options),
      ...(collection.incomplete[place]?.length && { incomplete: collection.incomplete[place] }),
    })),
    systems: systemFiles.map(([file, data]) => ({ name: data.system, file, events: eventNames(data).length })),
    tools: toolFiles.map(([file, { name, version, source, uses }]) => ({
      name,
      version,
      source,
      file,
      uses: uses.length,
    })),
    ...rank(maturity),
    events: systems.reduce((sum, data: SystemData) => sum + eventNames(data).length, 0),
  };
  const require = createRequire(import.meta.url);
  const data: readonly (readonly [string, unknown])[] = [
    ["core", core],
    ["kernels", collection.facts()],
    ["search", buildSearch(systems, newest)],
    ["stability", stabilityOf(line, maturity)],
    // The rules read both by their names (src/site/app/node-module.ts).
    ["consumers", require("../../data/consumers.json")],
    ["past-consumers", require("../../data/past-consumers.json")],
    ...systemFiles,
    ...toolFiles.map(([file, { name, uses }]) => [file, { name, uses }] as const),
  ];
  return [
    ["index.html", renderPage("Linux tracepoints over time")],
    ...data.map(([name, value]): SiteFile => [`data/${name}.js`, toScript(name, value)]),
  ];
}

/** The event that is made of a tracepoint. */
function eventsByTracepoint(systems: readonly SystemData[]): (tracepoint: string) => string | undefined {
  const ids = new Map(
    systems.flatMap(({ system, events }) =>
      events.map(({ name, tracepoint = name }) => [tracepoint, `${system}:${name}`] as const),
    ),
  );
  return (tracepoint) => ids.get(tracepoint);
}

function describeKernel(
  { version, isMain, previous, counts, churn }: KernelStats,
  all: readonly KernelStats[],
  { endOfLife, groupOf }: SiteOptions,
): KernelEntry {
  const place = previous === undefined ? -1 : all.findIndex((other) => other.version === previous);
  const end = endOfLife?.(version);
  return {
    version,
    isMain,
    ...(place >= 0 && { previous: place }),
    ...(end !== undefined && { endOfLife: end }),
    ...((groupOf?.(version) ?? "") !== "" && { isConfigured: true }),
    counts,
    ...(churn !== undefined && { churn: Math.round(1000 * churn) / 1000 }),
  };
}

function rank(events: readonly Maturity[]): Pick<Core, "mostUsed" | "mostBroken"> {
  const ranked = events.map(({ event, users, broken }): Ranked => ({ event, users, broken: broken.length }));
  const first = (value: (one: Ranked) => number): readonly Ranked[] =>
    ranked
      .filter((one) => value(one) > 0)
      .sort((one, other) => value(other) - value(one) || compareText(one.event, other.event))
      .slice(0, MAX_RANKED);
  return { mostUsed: first(({ users }) => users.length), mostBroken: first(({ broken }) => broken) };
}
