// The first page: what happened in each kernel, and which events are used and broken most.

import { useMemo } from "preact/hooks";

import { grouped } from "../../reports/text.ts";
import type { Ranked } from "../data.ts";
import { CompareLink, Count, EventLink, IncompleteNote, TableBox } from "./parts.tsx";
import { type Line, Plot } from "./plot.tsx";
import { href } from "./links.ts";
import { core } from "./store.ts";

const COLUMNS = ["events", "added", "removed", "renamed", "changed", "breaking", "likely"] as const;

export function StartPage() {
  const { kernels, events, systems, mostUsed, mostBroken } = core();
  const [oldest, newest] = [kernels[0], kernels.at(-1)];
  return (
    <>
      <h1>Which tracepoints can you rely on?</h1>
      <p>
        {grouped(events)} events of {systems.length} systems in {kernels.length} kernels from {oldest?.version} to{" "}
        {newest?.version}: when each came, what changed in it, and whom that broke.
      </p>
      <Timeline />
      <div class="halves">
        <TopEvents id="used" title="Most used" events={mostUsed} />
        <TopEvents id="broken" title="Most broken" events={mostBroken} />
      </div>
      <section aria-labelledby="systems">
        <h2 id="systems">Systems</h2>
        <details>
          <summary>All {systems.length}</summary>
          <ul class="columns">
            {systems.map(({ name, events: own }) => (
              <li>
                <a href={href(["system", name])}>{name === "-" ? "tracepoints without an event" : name}</a>{" "}
                <span class="muted">{own}</span>
              </li>
            ))}
          </ul>
        </details>
      </section>
    </>
  );
}

function Timeline() {
  const { kernels } = core();
  const compared = useMemo(() => kernels.filter(({ previous }) => previous !== undefined), [kernels]);
  const versions = useMemo(() => compared.map(({ version }) => version), [compared]);
  const lines = useMemo(
    (): readonly Line[] => [
      { label: "added", kind: "bar", color: "safe", values: compared.map(({ counts }) => counts.added) },
      {
        label: "changed or renamed",
        kind: "bar",
        color: "there",
        values: compared.map(({ counts }) => counts.changed + counts.renamed),
      },
      { label: "removed", kind: "bar below", color: "possible", values: compared.map(({ counts }) => counts.removed) },
      {
        label: "breaking or likely to break",
        kind: "dot",
        color: "breaking",
        values: compared.map(({ counts }) => counts.breaking + counts.likely),
      },
    ],
    [compared],
  );
  return (
    <section aria-labelledby="timeline">
      <h2 id="timeline">What happened in each kernel</h2>
      <IncompleteNote kernels={kernels} />
      <Plot
        label="Bars over kernels: events that were added, removed and changed, with a dot for those that broke; the table below has the numbers"
        versions={versions}
        lines={lines}
        format={grouped}
      />
      <details>
        <summary>As a table</summary>
        <TableBox label="What happened in each kernel">
          <table>
            <thead>
              <tr>
                <th scope="col">kernel</th>
                {COLUMNS.map((column) => (
                  <th scope="col" class="count">
                    {column}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {kernels.toReversed().map(({ version, previous, counts }) => {
                const before = kernels[previous ?? -1]?.version;
                return (
                  <tr>
                    <th scope="row">
                      {before === undefined ? version : <CompareLink before={before} after={version} />}
                    </th>
                    {COLUMNS.map((column) => (
                      <Count of={counts[column]} />
                    ))}
                  </tr>
                );
              })}
            </tbody>
          </table>
        </TableBox>
      </details>
    </section>
  );
}

function TopEvents({
  id,
  title,
  events,
}: {
  readonly id: string;
  readonly title: string;
  readonly events: readonly Ranked[];
}) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <TableBox label={title}>
        <table>
          <thead>
            <tr>
              <th scope="col">event</th>
              <th scope="col" class="count">
                known users
              </th>
              <th scope="col" class="count">
                broke in kernels
              </th>
            </tr>
          </thead>
          <tbody>
            {events.map(({ event, users, broken }) => (
              <tr>
                <th scope="row">
                  <EventLink id={event} />
                </th>
                <td class="count" title={users.join(", ")}>
                  {users.length}
                </td>
                <Count of={broken} />
              </tr>
            ))}
          </tbody>
        </table>
      </TableBox>
    </section>
  );
}
