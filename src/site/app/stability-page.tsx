// What lasts: of the events of each kernel, how many still keep their promises, by contract and subsystem.

import { useMemo } from "preact/hooks";

import { yearsOf } from "../../history/series.ts";
import { CONTRACT_TEXT } from "../../reports/words.ts";
import { CONTRACTS } from "../../rules/finding.ts";
import type { SystemStability } from "../data.ts";
import { Count, TableBox, Waiting } from "./parts.tsx";
import { type Line, Plot } from "./plot.tsx";
import { href, type Route } from "./links.ts";
import { replaceQuery } from "./route.ts";
import { read, useData } from "./store.ts";

/** Colours of the contracts, named in app.css. */
const COLORS = ["hue-1", "hue-2", "hue-3", "hue-4", "hue-5", "hue-6", "hue-7"] as const;

export function StabilityPage({ route }: { readonly route: Route }) {
  const data = useData(["stability"]);
  return (
    <>
      <h1>What lasts</h1>
      {data.state === "ready" ? (
        <>
          <Survival route={route} />
          <Systems />
        </>
      ) : (
        <Waiting data={data} total={1} />
      )}
    </>
  );
}

function Survival({ route }: { readonly route: Route }) {
  const { to, survival } = read("stability");
  const wanted = route.query.get("system") ?? "*";
  const system = Object.hasOwn(survival, wanted) ? wanted : "*";
  const rows = survival[system] ?? [];
  const versions = useMemo(() => rows.map(([from]) => from), [rows]);
  const lines = useMemo(
    () =>
      CONTRACTS.map((contract, index): Line => ({
        label: contract,
        kind: "line",
        color: COLORS[index] ?? "text",
        values: rows.map(([, , kept]) => kept[index] ?? null),
      })),
    [rows],
  );
  return (
    <section aria-labelledby="survival">
      <h2 id="survival">Survival up to {to}</h2>
      <p>
        Of the events of each kernel on the line of mainline, the share whose readers meet no hard failure and no wrong
        data up to {to}. An event that broke once counts as broken, even if that was taken back.
      </p>
      <form class="choice" onSubmit={(event) => event.preventDefault()}>
        <label>
          <span>System</span>
          <select
            value={system}
            onChange={(event) =>
              replaceQuery(route, { system: event.currentTarget.value === "*" ? "" : event.currentTarget.value })
            }
          >
            {Object.keys(survival).map((name) => (
              <option value={name}>{name === "*" ? "all systems" : name}</option>
            ))}
          </select>
        </label>
      </form>
      {rows.length === 0 ? (
        <p>It is new in {to}.</p>
      ) : (
        <Plot
          label="Lines over kernels, one for each contract: shares of events that last; the table below has the numbers"
          versions={versions}
          lines={lines}
          format={percent}
        />
      )}
      <details open={rows.length < 8}>
        <summary>As a table</summary>
        <TableBox label="Survival by kernel and contract">
          <table>
            <thead>
              <tr>
                <th scope="col">kernel</th>
                <th scope="col" class="count">
                  events
                </th>
                {CONTRACTS.map((contract) => (
                  <th scope="col" class="count" title={CONTRACT_TEXT[contract]}>
                    {contract}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(([from, events, kept]) => (
                <tr>
                  <th scope="row">{from}</th>
                  <Count of={events} />
                  {kept.map((share) => (
                    <td class="count">{percent(share)}</td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      </details>
    </section>
  );
}

function Systems() {
  const { systems, to } = read("stability");
  const sorted = useMemo(
    () => [...systems].sort((one, other) => harm(other) - harm(one) || other.now - one.now),
    [systems],
  );
  return (
    <section aria-labelledby="by-system">
      <h2 id="by-system">By system</h2>
      <p>
        Systems of {to}, the most broken first. Settled events are a year old and did not change for a year; broken
        counts the events with a breaking or likely finding, in each kernel anew.
      </p>
      <TableBox label="Systems">
        <table>
          <thead>
            <tr>
              {[
                "system",
                "events",
                "never broken",
                "settled",
                "median age",
                "added",
                "removed",
                "changed",
                "broken",
                "known users",
              ].map((title, index) => (
                <th scope="col" class={index === 0 || index === 9 ? "" : "count"}>
                  {title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.map((system) => (
              <tr>
                <th scope="row">
                  <a href={href(["system", system.system])}>{system.system}</a>
                </th>
                <Count of={system.now} />
                <td class="count">{percent(system.neverBroken / system.now)}</td>
                <td class="count">{percent(system.settled / system.now)}</td>
                <td class="count">{system.ageInSeries === undefined ? "" : `${yearsOf(system.ageInSeries)} years`}</td>
                <Count of={system.counts.added} />
                <Count of={system.counts.removed} />
                <Count of={system.counts.changed} />
                <Count of={harm(system)} />
                <td>{system.users.join(", ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </section>
  );
}

function harm({ counts }: SystemStability): number {
  return counts.breaking + counts.likely;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
