// Pages that list events: those of a system, and those that have a field or argument of one name.

import { groupBy } from "../../snapshot/group.ts";
import { count } from "../../reports/text.ts";
import { eventNames } from "../search-index.ts";
import { placesOf } from "./history.ts";
import { EventLink, useMore, Waiting } from "./parts.tsx";
import { href, type Route } from "./links.ts";
import { core, read, readSystem, useData } from "./store.ts";

const STEP = 200;

export function SystemPage({ route }: { readonly route: Route }) {
  const [name = ""] = route.names;
  const system = core().systems.find((one) => one.name === name);
  const data = useData(system === undefined ? [] : [system.file]);
  return (
    <>
      <h1>
        System <code>{name}</code>
      </h1>
      {system === undefined ? (
        <p>No kernel has a system of that name.</p>
      ) : data.state === "ready" ? (
        <SystemEvents file={system.file} name={name} />
      ) : (
        <Waiting data={data} total={1} />
      )}
    </>
  );
}

function SystemEvents({ file, name }: { readonly file: string; readonly name: string }) {
  const data = readSystem(file);
  const { kernels } = core();
  const newest = kernels.length - 1;
  const names = eventNames(data);
  const [shown, more] = useMore(names, STEP);
  return (
    <>
      <p>
        {count(names.length, "event")} over all kernels.{" "}
        <a href={href(["stability"], { system: name })}>How stable they are</a>
      </p>
      <ul class="columns">
        {shown.map((event) => {
          const places = [...placesOf(data, event)].sort((one, other) => one - other);
          const [first = 0, last = 0] = [places[0], places.at(-1)];
          return (
            <li>
              <EventLink id={`${name}:${event}`} />{" "}
              <span class="muted">
                {kernels[first]?.version}
                {last === newest ? " on" : ` to ${kernels[last]?.version}`}
              </span>
            </li>
          );
        })}
      </ul>
      {more}
    </>
  );
}

export function FieldPage({ route }: { readonly route: Route }) {
  const [name = ""] = route.names;
  const data = useData(["search"]);
  return (
    <>
      <h1>
        Events with <code>{name}</code>
      </h1>
      {data.state === "ready" ? <FieldEvents name={name} /> : <Waiting data={data} total={1} />}
    </>
  );
}

function FieldEvents({ name }: { readonly name: string }) {
  const { events, fields } = read("search");
  const { systems } = core();
  const all = events.flatMap((names, index) => names.map((event) => [systems[index]?.name ?? "", event] as const));
  const own = (fields.find(([field]) => field === name)?.[1] ?? []).flatMap((place) =>
    all[place] ? [all[place]] : [],
  );
  if (own.length === 0) return <p>No event has a field or an argument of that name.</p>;
  return (
    <>
      <p>{count(own.length, "event")} had a field or an argument of that name in some kernel.</p>
      {[...groupBy(own, ([system]) => system)].map(([system, found]) => (
        <section aria-label={system}>
          <h2>{system}</h2>
          <ul class="columns">
            {found.map(([, event]) => (
              <li>
                <EventLink id={`${system}:${event.replace(/^-/, "")}`} />
                {event.startsWith("-") && <span class="muted"> gone</span>}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
