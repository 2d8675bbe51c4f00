// Any two kernels, compared in the browser with the same diff and rules as `tpabi diff`.
// Invariant: all that is chosen stands in the address, so that a link shows the same.

import { useMemo } from "preact/hooks";

import { describeOutcomes } from "../../reports/words.ts";
import { detailsOf } from "../../reports/details.ts";
import { count, grouped } from "../../reports/text.ts";
import { CONTRACTS, type Finding, LEVELS } from "../../rules/finding.ts";
import { systemOf } from "../../snapshot/model.ts";
import { snapshotOn } from "../system-data.ts";
import { applyFilter, parseFilter } from "./filter.ts";
import type { Comparison } from "./judge.ts";
import {
  CompareLink,
  EventLink,
  IncompleteNote,
  kernelName,
  KernelSelect,
  LevelBadge,
  useMore,
  Waiting,
} from "./parts.tsx";
import { href, type Route } from "./links.ts";
import { replaceQuery } from "./route.ts";
import { core, read, readSystem, useData } from "./store.ts";

const STEP = 100;

export function ComparePage({ route }: { readonly route: Route }) {
  const { kernels, systems } = core();
  const [from, to] = route.names;
  const before = kernels.findIndex(({ version }) => version === from);
  const after = kernels.findIndex(({ version }) => version === to);
  const isChosen = before >= 0 && after >= 0;
  const needs = isChosen ? ["kernels", "consumers", "past-consumers", "judge", ...systems.map(({ file }) => file)] : [];
  const data = useData(needs);
  return (
    <>
      <h1>{isChosen ? `${from} → ${to}` : "Compare two kernels"}</h1>
      <Chooser from={kernels[before]?.version} to={kernels[after]?.version} />
      {from !== undefined && before < 0 && <p role="alert">There is no kernel {from} here.</p>}
      {to !== undefined && after < 0 && <p role="alert">There is no kernel {to} here.</p>}
      {!isChosen && <Suggestions />}
      {isChosen &&
        (data.state === "ready" ? (
          <Result before={before} after={after} route={route} />
        ) : (
          <Waiting data={data} total={needs.length} />
        ))}
    </>
  );
}

function Chooser({ from = "", to = "" }: { readonly from?: string | undefined; readonly to?: string | undefined }) {
  const kernels = core().kernels.toReversed();
  const go = (before: string, after: string): void => {
    location.hash = href(["compare", before, after]);
  };
  const newest = kernels[0]?.version ?? "";
  return (
    <form class="choice" onSubmit={(event) => event.preventDefault()}>
      <KernelSelect
        label="Before"
        kernels={kernels}
        value={from}
        none="choose a kernel"
        onChange={(version) => go(version, to || newest)}
      />
      <KernelSelect
        label="After"
        kernels={kernels}
        value={to}
        none="choose a kernel"
        onChange={(version) => go(from || newest, version)}
      />
      {from !== "" && to !== "" && (
        <button type="button" onClick={() => go(to, from)}>
          Swap
        </button>
      )}
    </form>
  );
}

/** Steps that people ask for: from each series with long-term support to the next. */
function Suggestions() {
  const { kernels } = core();
  const lasts = kernels.filter(
    ({ endOfLife, isConfigured }, place) =>
      endOfLife !== undefined &&
      !isConfigured &&
      !kernels.slice(place + 1).some((other) => !other.isMain && other.previous === place && !other.isConfigured),
  );
  return (
    <>
      <h2>From one long-term series to the next</h2>
      <ul>
        {lasts.slice(1).map(({ version }, index) => (
          <li>
            <CompareLink before={lasts[index]?.version ?? ""} after={version} />
          </li>
        ))}
      </ul>
    </>
  );
}

function Result({ before, after, route }: { readonly before: number; readonly after: number; readonly route: Route }) {
  const comparison = useMemo(() => compare(before, after), [before, after]);
  const { findings, removed, added, common } = comparison;
  const [one, other] = [core().kernels[before], core().kernels[after]];
  return (
    <>
      <p class="verdict">
        {LEVELS.map(
          (level) => `${grouped(findings.filter((finding) => finding.level === level).length)} ${level}`,
        ).join(", ")}
      </p>
      <p>
        {count(removed, "event")} removed, {grouped(added)} added, {grouped(common)} in both.
      </p>
      <IncompleteNote kernels={[one, other]} />
      {one && other && one.isConfigured !== other.isConfigured && (
        <p class="note">
          {kernelName(one.isConfigured ? one : other)} was read with a configuration, the other kernel without: events
          that the configuration leaves out count as {one.isConfigured ? "added" : "removed"}.
        </p>
      )}
      <Findings findings={findings} route={route} />
    </>
  );
}

function compare(before: number, after: number): Comparison {
  const facts = read("kernels");
  const systems = core().systems.map(({ file }) => readSystem(file));
  return tpabiJudge.compareKernels(snapshotOn(facts, systems, before), snapshotOn(facts, systems, after));
}

function Findings({ findings, route }: { readonly findings: readonly Finding[]; readonly route: Route }) {
  const filter = parseFilter(route.query);
  const shown = useMemo(() => applyFilter(findings, filter), [findings, route.query.toString()]);
  const [listed, more] = useMore(shown, STEP);
  const systems = useMemo(() => [...new Set(findings.map(({ event }) => systemOf(event)))].sort(), [findings]);
  const tools = useMemo(
    () => [...new Set(findings.flatMap(({ consumers }) => consumers.map(({ tool }) => tool)))].sort(),
    [findings],
  );
  const set = (key: string, value: string): void => replaceQuery(route, { [key]: value });
  return (
    <section aria-labelledby="findings">
      <h2 id="findings">Findings</h2>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <fieldset>
          <legend>Level</legend>
          {LEVELS.map((level) => (
            <label>
              <input
                type="checkbox"
                checked={filter.levels.includes(level)}
                onChange={({ currentTarget: { checked } }) =>
                  set(
                    "level",
                    LEVELS.filter((one) => (one === level ? checked : filter.levels.includes(one))).join(",") || "none",
                  )
                }
              />
              {level}
            </label>
          ))}
        </fieldset>
        <Choice
          label="Contract"
          value={filter.contract}
          names={CONTRACTS}
          onChange={(value) => set("contract", value)}
        />
        <Choice label="System" value={filter.system} names={systems} onChange={(value) => set("system", value)} />
        <Choice label="Tool" value={filter.tool} names={tools} onChange={(value) => set("tool", value)} />
        <label>
          <span>Text</span>
          <input type="search" value={filter.text} onInput={(event) => set("text", event.currentTarget.value)} />
        </label>
      </form>
      <p role="status" class="muted">
        {shown.length === findings.length
          ? count(shown.length, "finding")
          : `${grouped(shown.length)} of ${count(findings.length, "finding")}`}
      </p>
      <ul class="findings">
        {listed.map((finding) => (
          <FindingItem key={finding.id} finding={finding} />
        ))}
      </ul>
      {more}
    </section>
  );
}

function Choice(props: {
  readonly label: string;
  readonly value: string;
  readonly names: readonly string[];
  readonly onChange: (value: string) => void;
}) {
  return (
    <label>
      <span>{props.label}</span>
      <select value={props.value} onChange={(event) => props.onChange(event.currentTarget.value)}>
        <option value="">all</option>
        {props.names.map((name) => (
          <option>{name}</option>
        ))}
      </select>
    </label>
  );
}

function FindingItem({ finding }: { readonly finding: Finding }) {
  const { event, level, likelihood, rule, message } = finding;
  // The site does not know in which line something stands, only in which file.
  const details = detailsOf(finding).map((detail) =>
    detail.name === "place" ? { ...detail, text: detail.text.replace(/:0$/, "") } : detail,
  );
  return (
    <li class="finding">
      <p class="head">
        <LevelBadge level={level} /> {event === "*:*" ? <strong>every event</strong> : <EventLink id={event} />}{" "}
        <code>{rule}</code> <span class="muted">likelihood {likelihood.toFixed(2)}</span>
      </p>
      <p>{message}</p>
      <p class="muted">{describeOutcomes(finding)}</p>
      <details>
        <summary>Details</summary>
        <dl>
          {details.map(({ name, text, isCode }) => (
            <>
              <dt>{name}</dt>
              <dd>{isCode ? <code>{text}</code> : text}</dd>
            </>
          ))}
        </dl>
      </details>
    </li>
  );
}
