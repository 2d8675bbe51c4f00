// One event over all kernels: its life, and what it is in one of them or in two side by side.
// Invariant: which kernels are shown stands in the address.

import { useMemo } from "preact/hooks";

import { tracepointName } from "../../diff/tracepoints.ts";
import { count } from "../../reports/text.ts";
import type { SystemData } from "../data.ts";
import { eventsOn, tracepointsOn } from "../system-data.ts";
import { Arguments, Facts, Users } from "./event-facts.tsx";
import { Guards } from "./guards.tsx";
import { brokenIn, lifeOf } from "./history.ts";
import { LifeView } from "./life-view.tsx";
import { CompareLink, IncompleteNote, KernelSelect, Snippet, Waiting } from "./parts.tsx";
import { originCommand } from "./origin.ts";
import { RecordView } from "./record-view.tsx";
import type { Route } from "./links.ts";
import { replaceQuery } from "./route.ts";
import { core, read, readSystem, useData } from "./store.ts";
import { usersOf } from "./users.ts";

interface PageProps {
  readonly route: Route;
}

export function EventPage({ route }: PageProps) {
  const [id = ""] = route.names;
  const system = core().systems.find(({ name }) => id.startsWith(`${name}:`));
  const needs = [system?.file ?? "", "kernels", "consumers", "past-consumers", "judge"].filter((name) => name !== "");
  const data = useData(needs);
  return (
    <>
      <h1>
        <code>{id}</code>
      </h1>
      {system === undefined ? (
        <p>No kernel has a system of that name. The search above knows all names.</p>
      ) : data.state === "ready" ? (
        <EventBody id={id} data={readSystem(system.file)} route={route} />
      ) : (
        <Waiting data={data} total={needs.length} />
      )}
    </>
  );
}

function EventBody({ id, data, route }: { readonly id: string; readonly data: SystemData; readonly route: Route }) {
  const name = id.slice(data.system.length + 1);
  const { kernels } = core();
  const life = useMemo(() => lifeOf(core(), data, name, read("kernels").findings), [data, name]);
  const present = life.filter(({ isThere }) => isThere).map(({ kernel }) => kernel);
  const users = useMemo(() => usersOf(id), [id]);
  const [oldest, newest] = [present[0], present.at(-1)];
  if (oldest === undefined || newest === undefined) {
    return <p>No kernel has an event of that name. The search above knows all names.</p>;
  }
  const placeOf = (key: string, otherwise: number): number => {
    const wanted = kernels.findIndex(({ version }) => version === route.query.get(key));
    return present.includes(wanted) ? wanted : otherwise;
  };
  const shown = placeOf("at", newest);
  const other = placeOf("and", -1);
  const versionOf = (place = -1): string => kernels[place]?.version ?? "";
  const choices = present.map((place) => kernels[place]);
  const select = (key: "at" | "and", version: string): void => replaceQuery(route, { [key]: version });
  const sides = (other < 0 ? [shown] : [Math.min(shown, other), Math.max(shown, other)]).filter(
    (place, index, all) => all.indexOf(place) === index,
  );
  const broken = brokenIn(core(), life);
  return (
    <>
      <p class="verdict">
        {oldest === 0 ? "Since before" : "Since"} {kernels[oldest]?.version}
        {newest === kernels.length - 1 ? "" : `, last seen in ${kernels[newest]?.version}`};{" "}
        {broken === 0 ? "never broke" : `broke in ${count(broken, "kernel")}`};{" "}
        {users.length === 0 ? "no known users" : count(new Set(users.map(({ tool }) => tool)).size, "known user")}
      </p>
      <IncompleteNote kernels={kernels.filter((_, place) => life[place]?.isThere === false && place > oldest)} />
      <LifeView id={id} life={life} onPick={(version) => select("at", version)} />
      <Origin data={data} name={name} place={oldest} />
      <section aria-labelledby="now">
        <h2 id="now">What it is</h2>
        <form class="choice" onSubmit={(event) => event.preventDefault()}>
          <KernelSelect
            label="Kernel"
            kernels={choices.toReversed()}
            value={kernels[shown]?.version ?? ""}
            onChange={(version) => select("at", version)}
          />
          <KernelSelect
            label="Side by side with"
            kernels={choices.toReversed()}
            value={kernels[other]?.version ?? ""}
            none="no other"
            onChange={(version) => select("and", version)}
          />
        </form>
        {sides.length > 1 && (
          <p>
            All findings about it: <CompareLink before={versionOf(sides[0])} after={versionOf(sides[1])} event={id} />
          </p>
        )}
        <div class={sides.length > 1 ? "sides two" : "sides"}>
          {sides.map((place, index) => (
            <Side
              data={data}
              name={name}
              place={place}
              {...(sides.length > 1 && { other: sides[1 - index] ?? place })}
            />
          ))}
        </div>
      </section>
      <Users users={users} />
      <Guards findings={life.flatMap(({ findings }) => findings)} />
    </>
  );
}

/** Between which kernels it came, and how to find its commit. */
function Origin({ data, name, place }: { readonly data: SystemData; readonly name: string; readonly place: number }) {
  const { kernels } = core();
  const [before, after] = [kernels[kernels[place]?.previous ?? -1]?.version, kernels[place]?.version];
  const file = eventsOn(data, place, name)[0]?.location?.file;
  if (before === undefined || after === undefined || file === undefined) return null;
  const command = originCommand(name, file, before, after);
  return (
    <details>
      <summary>
        It came between {before} and {after}
      </summary>
      <p>
        Declared in <code>{file}</code>. {command !== undefined && "In a clone of Linux, this finds the commit:"}
      </p>
      {command !== undefined && <Snippet text={command} label="find the commit" />}
    </details>
  );
}

/** The event in one kernel; there are several of a name where two modules have their own. */
function Side({
  data,
  name,
  place,
  other,
}: {
  readonly data: SystemData;
  readonly name: string;
  readonly place: number;
  readonly other?: number;
}) {
  const facts = read("kernels");
  const commonOf = (kernel: number) => facts.headers[facts.kernels[kernel]?.header ?? -1] ?? [];
  const title = core().kernels[place]?.version ?? "";
  const events = eventsOn(data, place, name);
  const [twin] = other === undefined ? [] : eventsOn(data, other, name);
  const bare = tracepointsOn(data, place, name).filter((tracepoint) => tracepoint.bare === true);
  return (
    <div class="side">
      {events.map((event) => (
        <>
          <RecordView
            title={title}
            common={commonOf(place)}
            fields={event.fields}
            {...(other !== undefined &&
              twin && { other: { fields: [...commonOf(other), ...twin.fields], isLater: place > other } })}
          />
          <Facts event={event} data={data} place={place} />
          <Arguments tracepoints={tracepointsOn(data, place, tracepointName(event))} />
        </>
      ))}
      {events.length === 0 && (
        <>
          <h3>{title}</h3>
          <p>A tracepoint without an event: raw programs can attach to it, tracefs does not show it.</p>
          <Arguments tracepoints={bare} />
        </>
      )}
    </div>
  );
}
