// What an event is beside its record: arguments, class, print format, symbols, and who uses it.

import type { ConsumerUse } from "../../rules/classify.ts";
import { declareArg } from "../../rules/words.ts";
import { count } from "../../reports/text.ts";
import type { TraceEvent, Tracepoint } from "../../snapshot/model.ts";
import type { SystemData } from "../data.ts";
import { eventsOn } from "../system-data.ts";
import { href } from "./links.ts";
import { EventLink, TableBox } from "./parts.tsx";

export function Arguments({ tracepoints }: { readonly tracepoints: readonly Tracepoint[] }) {
  return (
    <>
      {tracepoints.map(({ name, args, writable, when }) => (
        <>
          <h4>Arguments of the tracepoint {name}</h4>
          {when !== undefined && <p class="muted">if {when}</p>}
          {writable && <p class="muted">Programs may write to its first argument.</p>}
          <ol class="arguments">
            {args.map((arg) => (
              <li>
                <code>{declareArg(arg)}</code>
                {arg.nullable && <span class="muted"> may be NULL</span>}
                {arg.error && <span class="muted"> may be an error code</span>}
              </li>
            ))}
          </ol>
          {args.length === 0 && <p class="muted">none</p>}
        </>
      ))}
    </>
  );
}

export function Facts({
  event,
  data,
  place,
}: {
  readonly event: TraceEvent;
  readonly data: SystemData;
  readonly place: number;
}) {
  const { class: own, print, when, location } = event;
  const family =
    own === undefined ? [] : eventsOn(data, place).filter((one) => one.class === own && one.name !== event.name);
  const tables = Object.entries(print?.symbols ?? {});
  return (
    <>
      <dl>
        {own !== undefined && (
          <>
            <dt>class</dt>
            <dd>
              <code>{own}</code>
              {family.length > 0 && (
                <details>
                  <summary>shared with {count(family.length, "event")}</summary>
                  <ul>
                    {family.map(({ system, name }) => (
                      <li>
                        <EventLink id={`${system}:${name}`} />
                      </li>
                    ))}
                  </ul>
                </details>
              )}
            </dd>
          </>
        )}
        {location && (
          <>
            <dt>declared in</dt>
            <dd>
              <code>{location.file}</code>
            </dd>
          </>
        )}
        {when !== undefined && (
          <>
            <dt>there if</dt>
            <dd>
              <code>{when}</code>
            </dd>
          </>
        )}
        {print && (
          <>
            <dt>prints</dt>
            <dd>
              <code>"{print.format}"</code>
              <details>
                <summary>with these arguments</summary>
                <code>{print.args}</code>
              </details>
            </dd>
          </>
        )}
      </dl>
      {tables.map(([expression, table]) => (
        <details>
          <summary>
            names of the values of <code>{expression}</code> ({Object.keys(table).length})
          </summary>
          <table>
            <tbody>
              {Object.entries(table).map(([label, value]) => (
                <tr>
                  <td class="count">{value}</td>
                  <th scope="row">
                    <code>{label}</code>
                  </th>
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      ))}
    </>
  );
}

export function Users({ users }: { readonly users: readonly ConsumerUse[] }) {
  return (
    <section aria-labelledby="users">
      <h2 id="users">Who uses it</h2>
      {users.length === 0 ? (
        <p>No program that tpabi knows.</p>
      ) : (
        <TableBox label="Known users">
          <table>
            <thead>
              <tr>
                <th scope="col">tool</th>
                <th scope="col">relies on</th>
                <th scope="col">of it</th>
                <th scope="col">where</th>
              </tr>
            </thead>
            <tbody>
              {users.map(({ tool, contract, subject, where }) => (
                <tr>
                  <th scope="row">
                    <a href={href(["tool", tool])}>{tool}</a>
                  </th>
                  <td>{contract}</td>
                  <td>{subject === undefined ? <span class="muted">the event</span> : <code>{subject}</code>}</td>
                  <td>
                    <code>{where}</code>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </TableBox>
      )}
    </section>
  );
}
