// The result of a verification for people: a short table, then what disagrees, each with its place in the source.

import { eventId } from "../snapshot/model.ts";
import { type Aspect, ASPECTS, type Disagreement, type Verification } from "../verify/verify.ts";
import { escapeControls, grouped } from "./text.ts";

const TITLES: Readonly<Record<Aspect, string>> = {
  existence: "events found",
  layout: "layout exact",
  types: "type text exact",
  printFormat: "print format exact",
  printArgs: "print arguments exact",
  args: "tracepoint args exact",
  classes: "event classes exact",
  contexts: "syscall contexts exact",
};

/** Longest piece of a fact that is shown around the first difference. */
const CONTEXT = 60;

export function renderVerification(verification: Verification, list: number): string {
  const { agreements, disagreements, onlyInSource } = verification;
  const rows = agreements.map(({ aspect, exact, total }) => {
    const share = total === 0 ? 100 : Math.floor((exact * 10_000) / total) / 100;
    return `${TITLES[aspect].padEnd(22)} ${grouped(exact).padStart(7)} of ${grouped(total).padStart(7)}  ${share.toFixed(2).padStart(6)} %`;
  });
  const lists = ASPECTS.flatMap((aspect) => {
    const all = disagreements.filter((one) => one.aspect === aspect);
    return renderList(TITLES[aspect].replace(/ (exact|found)$/, ""), all.map(renderDisagreement), list);
  });
  const extra = onlyInSource.map((event) => {
    const place = event.location ? `  ${event.location.file}:${event.location.line}` : "";
    return `${eventId(event)}${place}${event.when === undefined ? "" : `  when ${event.when}`}`;
  });
  return [...rows, ...lists, ...renderList("only in the source", extra, list)].map((line) => `${line}\n`).join("");
}

function renderList(title: string, lines: readonly string[], list: number): readonly string[] {
  if (lines.length === 0) return [];
  const more = lines.length - list;
  return [
    "",
    `${title}: ${grouped(lines.length)}`,
    ...lines.slice(0, list).map((line) => `  ${escapeControls(line)}`),
    ...(more > 0 ? [`  and ${grouped(more)} more (--list ${lines.length} shows all)`] : []),
  ];
}

function renderDisagreement({ event, source, running = "", location }: Disagreement): string {
  const place = location ? `  ${location.file}:${location.line}` : "";
  if (source === undefined) return `${event}  is not in the source`;
  const at = firstDifference(source, running);
  return `${event}${place}  source '${excerpt(source, at)}', running '${excerpt(running, at)}'`;
}

function firstDifference(one: string, other: string): number {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at++;
  return at;
}

function excerpt(text: string, at: number): string {
  const from = Math.max(0, at - CONTEXT / 2);
  return `${from > 0 ? "…" : ""}${text.slice(from, from + CONTEXT)}${from + CONTEXT < text.length ? "…" : ""}`;
}
