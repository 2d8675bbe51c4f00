// Fits the weights of the likelihood (docs/likelihood.md): each is a share that is counted, on the corpus, on the known
// consumers and on the shipped kernels. Invariant: the same data gives the same weights, and none is fitted to a ranking.

import { CONTRACTS, HARD_OUTCOMES, OUTCOMES, READER_KINDS } from "../dist/rules/finding.js";
import { placeOf } from "../dist/rules/likelihood.js";

/** A share with one more case of either kind, so that few cases never make it 0 or 1. */
function share(yes, all) {
  return Math.round((100 * (yes + 1)) / (all + 2)) / 100;
}

/** What is not counted: what holds by definition, and what the data has no cases of. */
const GIVEN = {
  outcome: { cosmetic: 0.1, none: 0 },
  reach: { existence: 1 },
  exposure: { everywhere: 1, known: 1, debugOnly: 0.3 },
};

/** How often a case breaks, by the worst outcome of the contract that it is about. `findings` has those on its event. */
export function fitOutcomes(cases, findings) {
  const counts = Object.fromEntries(OUTCOMES.map((outcome) => [outcome, { breaks: 0, all: 0 }]));
  for (const one of cases) {
    const met = new Set(
      findings(one).map(({ contracts, readers }) => readers?.[one.reader] ?? contracts[one.contract]),
    );
    const count = counts[OUTCOMES.find((outcome) => met.has(outcome)) ?? "none"];
    count.all++;
    if (one.breaks) count.breaks++;
  }
  const fitted = [...HARD_OUTCOMES].map((outcome) => [outcome, share(counts[outcome].breaks, counts[outcome].all)]);
  return { ...Object.fromEntries(fitted), ...GIVEN.outcome };
}

/** On how many of a tool's events it relies on a contract or is of a kind, on average over the tools. */
export function fitReach(consumers) {
  const tools = groupBy(consumers, ({ tool }) => tool);
  const shares = [...tools.values()].map((uses) => {
    const events = groupBy(uses, ({ event }) => event);
    return (isMeant) => [...events.values()].filter((some) => some.some(isMeant)).length / events.size;
  });
  const reach = (isMeant) =>
    share(
      shares.reduce((sum, of) => sum + of(isMeant), 0),
      shares.length,
    );
  return {
    ...Object.fromEntries(CONTRACTS.map((name) => [name, reach(({ contract }) => contract === name)])),
    ...Object.fromEntries(Object.keys(READER_KINDS).map((name) => [name, reach(({ reader }) => reader === name)])),
    ...GIVEN.reach,
  };
}

/** How many of a kernel's events some known tool uses, by the place where they are declared. */
export function fitExposure(snapshots, consumers) {
  const known = new Set(consumers.map(({ event }) => event));
  const systems = new Set([...known].map((id) => id.slice(0, id.indexOf(":"))));
  const counts = new Map();
  const count = (place, isUsed) => {
    const { used, all } = counts.get(place) ?? { used: 0, all: 0 };
    counts.set(place, { used: used + (isUsed ? 1 : 0), all: all + 1 });
  };
  for (const { events, tracepoints } of snapshots) {
    for (const event of events) {
      const isUsed = known.has(`${event.system}:${event.name}`) || known.has(`-:${event.tracepoint ?? event.name}`);
      count(placeOf({ id: "", ...event }), isUsed);
      count("unknownHeader", isUsed);
      if (systems.has(event.system)) count("knownSystem", isUsed);
    }
    for (const { name, bare } of tracepoints) if (bare) count("bare", known.has(`-:${name}`));
  }
  return {
    ...Object.fromEntries([...counts].map(([place, { used, all }]) => [place, share(used, all)])),
    ...GIVEN.exposure,
  };
}

/** How often a case breaks whose program a finding names. */
export function fitKnownUser(scored) {
  const named = scored.filter(({ likelihood }) => likelihood > 0);
  return share(named.filter(({ breaks }) => breaks).length, named.length);
}

function groupBy(items, keyOf) {
  const groups = new Map();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
