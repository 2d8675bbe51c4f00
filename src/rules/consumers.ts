// The programs known to use tracepoints: data/consumers.json, as `tpabi audit --index` writes it from real tools, and
// data/past-consumers.json, tools of former days that no archive has any more.
// Invariant: loaded when first asked for; a file of another form fails loudly, since it is our own.

import { createRequire } from "node:module";

import { inRange } from "../snapshot/version.ts";
import type { ConsumerUse } from "./classify.ts";
import { CONTRACTS, type Contract, READER_KINDS, type ReaderKind } from "./finding.ts";

/** The form of data/consumers.json. */
export const CONSUMERS_SCHEMA_VERSION = 1;

interface Index {
  readonly schemaVersion: number;
  readonly tools: readonly {
    readonly tool: string;
    readonly version: string;
    /** Where the tool was taken from. */
    readonly source: string;
    /** The kernels it was in use on, as a range of versions; absent for a tool of today. */
    readonly kernels?: string;
    readonly uses: readonly IndexedUse[];
  }[];
}

interface IndexedUse {
  /** `system:name`, or `-:name` for a raw tracepoint. */
  readonly event: string;
  readonly contract: Contract;
  readonly subject?: string;
  readonly kind?: ReaderKind;
  readonly where: string;
}

let known: readonly KnownTool[] | undefined;

/** One tool with its uses. */
export interface KnownTool {
  readonly tool: string;
  readonly version: string;
  /** Where it was taken from. */
  readonly source: string;
  /** The kernels it was in use on; absent for a tool of today. */
  readonly kernels?: string;
  readonly uses: readonly ConsumerUse[];
}

/** All known tools, of today and of former days. */
export function knownTools(): readonly KnownTool[] {
  if (known === undefined) {
    const require = createRequire(import.meta.url);
    known = [require("../../data/consumers.json"), require("../../data/past-consumers.json")].flatMap(parseTools);
  }
  return known;
}

/** All known uses by tools of today, and those by tools of the days of a kernel, where its version is given. */
export function knownConsumers(version = ""): readonly ConsumerUse[] {
  return knownTools()
    .filter(({ kernels }) => kernels === undefined || inRange(version, kernels))
    .flatMap(({ uses }) => uses);
}

/** The uses in a parsed file; throws where it is of another form. */
export function parseConsumers(file: unknown): readonly ConsumerUse[] {
  return parseTools(file).flatMap(({ uses }) => uses);
}

function parseTools(file: unknown): readonly KnownTool[] {
  const { schemaVersion, tools } = file as Index;
  if (schemaVersion !== CONSUMERS_SCHEMA_VERSION) throw new TypeError(`consumers: schemaVersion is ${schemaVersion}`);
  return tools.map(({ tool, version, source, kernels, uses }) => ({
    tool,
    version,
    source,
    ...(kernels === undefined ? {} : { kernels }),
    uses: uses.map((use) => toUse(tool, use)),
  }));
}

function toUse(tool: string, use: IndexedUse): ConsumerUse {
  const { event, contract, subject, kind, where } = use;
  const isSound =
    typeof event === "string" &&
    event.includes(":") &&
    typeof where === "string" &&
    CONTRACTS.includes(contract) &&
    (kind === undefined || READER_KINDS[kind] === contract);
  if (!isSound) throw new TypeError(`consumers: ${tool} has a use that makes no sense: ${JSON.stringify(use)}`);
  return {
    tool,
    where,
    event,
    contract,
    ...(subject === undefined ? {} : { subject }),
    ...(kind === undefined ? {} : { reader: kind }),
  };
}
