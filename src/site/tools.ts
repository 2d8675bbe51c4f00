// What each known tool uses, judged on every kernel: the matrix of `tpabi audit`, from the index of known uses.
// Invariant: the index keeps names, not offsets or positions, so only names are judged; the rest is told by findings.

import { createJudge, type Judge } from "../audit/judge.ts";
import { type KernelView, viewOf, type Wanted, wantedBy } from "../audit/kernel-view.ts";
import type { Attach, Use } from "../audit/use.ts";
import { type KnownTool, knownTools } from "../rules/consumers.ts";
import type { ConsumerUse } from "../rules/classify.ts";
import type { Contract } from "../rules/finding.ts";
import type { Snapshot } from "../snapshot/model.ts";
import type { Hit } from "./collect.ts";
import type { Cell, ToolData, ToolUse } from "./data.ts";
import type { Status } from "../audit/verdict.ts";

/** Contracts whose subjects are fields by their names in the record. */
const BY_FIELD: ReadonlySet<Contract> = new Set(["fields", "layout", "core"]);

const CELL_OF: Readonly<Record<Status, Cell>> = { holds: "h", guarded: "h", breaks: "b", absent: "a", unknown: "u" };

/** Remembers of each kernel what the tools are about. */
export interface ToolWatch {
  readonly see: (snapshot: Snapshot) => void;
  /** Tools with at least one use, by name. */
  readonly finish: (
    hits: readonly Hit[],
    eventOf: (tracepoint: string) => string | undefined,
  ) => readonly (ToolData & Pick<KnownTool, "version" | "source">)[];
}

export function watchTools(): ToolWatch {
  // Tools of former days broke on kernels of former days; which release of them would a column be about?
  const tools = knownTools().filter(({ kernels, uses }) => kernels === undefined && uses.length > 0);
  const asUses = new Map(tools.flatMap(({ uses }) => uses.map((use) => [use, toUse(use)] as const)));
  const wanted: Wanted = wantedBy([...asUses.values()]);
  const views: KernelView[] = [];
  return {
    see: (snapshot) => views.push(viewOf(snapshot.kernel.version, snapshot, wanted)),
    finish: (hits, eventOf) => {
      const judge = createJudge(views, [...asUses.values()]);
      const byPlace = groupHits(hits);
      return tools.map(({ tool, version, source, uses }) => ({
        name: tool,
        version,
        source,
        uses: uses.map((use) => ({
          event: use.event,
          ...pageOf(use.event, eventOf),
          contract: use.contract,
          ...(use.reader !== undefined && { kind: use.reader }),
          ...(use.subject !== undefined && { subject: use.subject }),
          where: use.where,
          cells: cellsOf(asUses.get(use), views, judge),
          hits: (byPlace.get(placeKey(tool, use.where)) ?? [])
            .filter(({ finding }) => isAbout(finding, use))
            .map(({ kernel, finding: { rule, message } }) => [kernel, rule, message] as const),
        })),
      }));
    },
  };
}

function pageOf(id: string, eventOf: (tracepoint: string) => string | undefined): Pick<ToolUse, "page"> {
  const page = id.startsWith("-:") ? eventOf(id.slice(2)) : undefined;
  return page === undefined ? {} : { page };
}

function cellsOf(use: Use | undefined, views: readonly KernelView[], judge: Judge): string {
  return use === undefined ? "" : views.map((view) => CELL_OF[judge(use, view).status]).join("");
}

/** A use of the index as the audit knows them. How a program attaches, the index says of raw ones alone. */
function toUse({ tool, event, contract, reader, subject, where }: ConsumerUse): Use {
  const colon = event.indexOf(":");
  const [system, name] = [event.slice(0, colon), event.slice(colon + 1)];
  const attach: Attach = system !== "-" ? "perf" : reader === "module" || reader === "tp_btf" ? reader : "module";
  return {
    reader: "index",
    file: where,
    line: 0,
    program: tool,
    attach,
    contract,
    target: { name, ...(system !== "-" && { system }) },
    ...(subject !== undefined && BY_FIELD.has(contract) && { subject: { is: "field", name: subject } }),
  };
}

function groupHits(hits: readonly Hit[]): ReadonlyMap<string, readonly Hit[]> {
  const groups = new Map<string, Hit[]>();
  for (const hit of hits) {
    for (const key of new Set(hit.finding.consumers.map(({ tool, where }) => placeKey(tool, where)))) {
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [hit]);
      else group.push(hit);
    }
  }
  return groups;
}

function placeKey(tool: string, where: string): string {
  return `${tool}\n${where}`;
}

/** Whether a finding that hurts a line of a tool is about this use in it. */
function isAbout({ event, siblings = [], before, subject }: Hit["finding"], use: ConsumerUse): boolean {
  const name = use.event.slice(use.event.indexOf(":") + 1);
  const ids = [event, ...siblings, before ?? ""];
  const isEvent = ids.some((id) => id === use.event || (use.event.startsWith("-:") && id.endsWith(`:${name}`)));
  return isEvent && (use.subject === undefined || subject === undefined || subject === use.subject);
}
