// What a known tool uses, over all kernels: the matrix, and the list of tools.

import { useState } from "preact/hooks";

import { count } from "../../reports/text.ts";
import { type Cell, CELLS, type ToolUse } from "../data.ts";
import { BandAxis } from "./life-view.tsx";
import { EventLink, TableBox, useMore, Waiting } from "./parts.tsx";
import { href, type Route } from "./links.ts";
import { replaceQuery } from "./route.ts";
import { describeCells, runsOf } from "./runs.ts";
import { core, readTool, useData } from "./store.ts";

const STEP = 150;

export function ToolPage({ route }: { readonly route: Route }) {
  const [name] = route.names;
  const tool = core().tools.find((one) => one.name === name);
  const data = useData(tool === undefined ? [] : [tool.file]);
  if (name === undefined) return <ToolList />;
  return (
    <>
      <h1>{name}</h1>
      {tool === undefined ? (
        <p>
          tpabi knows nothing of a tool of that name. <a href="#/tool">The tools it knows</a>
        </p>
      ) : (
        <>
          <p>
            Version {tool.version} of Debian's package {tool.source}: {count(tool.uses, "use")} of tracepoints that
            tpabi found in its source.
          </p>
          {data.state === "ready" ? (
            <Matrix uses={readTool(tool.file).uses} route={route} />
          ) : (
            <Waiting data={data} total={1} />
          )}
        </>
      )}
    </>
  );
}

function ToolList() {
  return (
    <>
      <h1>Known tools</h1>
      <p>Programs whose use of tracepoints tpabi knows: what each relies on, and on which kernels that is there.</p>
      <table>
        <thead>
          <tr>
            <th scope="col">tool</th>
            <th scope="col">version</th>
            <th scope="col">uses</th>
          </tr>
        </thead>
        <tbody>
          {core().tools.map(({ name, version, uses }) => (
            <tr>
              <th scope="row">
                <a href={href(["tool", name])}>{name}</a>
              </th>
              <td>{version}</td>
              <td class="count">{uses}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}

function Matrix({ uses, route }: { readonly uses: readonly ToolUse[]; readonly route: Route }) {
  const versions = core().kernels.map(({ version }) => version);
  const all = route.query.get("show") === "all";
  const [text, setText] = useState(route.query.get("text") ?? "");
  const shown = uses.filter(
    ({ event, subject = "", cells, hits }) =>
      (all || hits.length > 0 || /[^h]/.test(cells)) &&
      `${event} ${subject}`.toLowerCase().includes(text.trim().toLowerCase()),
  );
  const [listed, more] = useMore(shown, STEP);
  return (
    <section aria-labelledby="matrix">
      <h2 id="matrix">Uses over kernels</h2>
      <form class="filters" onSubmit={(event) => event.preventDefault()}>
        <label>
          <input
            type="checkbox"
            checked={!all}
            onChange={(event) => replaceQuery(route, { show: event.currentTarget.checked ? "" : "all" })}
          />
          leave out what holds everywhere
        </label>
        <label>
          <span>Text</span>
          <input type="search" value={text} onInput={(event) => setText(event.currentTarget.value)} />
        </label>
      </form>
      <p class="key" aria-hidden="true">
        {(Object.keys(CELLS) as Cell[]).map((cell) => (
          <span>
            <span class={`cell cell-${cell}`} /> {CELLS[cell]}
          </span>
        ))}
        <span>
          <span class="cell cell-h hit" /> changed so that it hurts this use
        </span>
      </p>
      <p role="status" class="muted">
        {count(shown.length, "use")} of {uses.length}. Only names are judged: that the event is there, and the field of
        that name.
      </p>
      <TableBox label="Uses over kernels">
        <table class="matrix">
          <thead>
            <tr>
              <th scope="col">event</th>
              <th scope="col">of it</th>
              <th scope="col">
                kernels
                <BandAxis versions={versions} />
              </th>
            </tr>
          </thead>
          <tbody>
            {listed.map((use) => (
              <Row use={use} versions={versions} />
            ))}
          </tbody>
        </table>
      </TableBox>
      {more}
    </section>
  );
}

function Row({ use, versions }: { readonly use: ToolUse; readonly versions: readonly string[] }) {
  const { event, page = event, subject, contract, where, cells, hits } = use;
  const hurt = new Set(hits.map(([kernel]) => kernel));
  return (
    <tr>
      <th scope="row">
        <EventLink id={page} />
      </th>
      <td>
        {subject === undefined ? <span class="muted">the event</span> : <code>{subject}</code>}
        <span class="muted where" title={where}>
          {contract}, {where}
        </span>
      </td>
      <td class="run-cell">
        <div class="band thin" aria-hidden="true">
          {cells.split("").map((cell, kernel) => (
            <span
              class={`cell cell-${cell} ${hurt.has(kernel) ? "hit" : ""}`}
              title={`${versions[kernel]}: ${CELLS[cell as Cell]}`}
            />
          ))}
        </div>
        <span class="runs">{describeCells(runsOf(cells), versions)}</span>
        {hits.length > 0 && (
          <details>
            <summary>{count(hits.length, "change that hurts it", "changes that hurt it")}</summary>
            <ul>
              {hits.map(([kernel, rule, message]) => (
                <li>
                  {versions[kernel]}: {message} <code>{rule}</code>
                </li>
              ))}
            </ul>
          </details>
        )}
      </td>
    </tr>
  );
}
