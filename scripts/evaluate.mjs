// Says how well findings tell real breakages from harmless changes: `npm run evaluate` scores the cases in test/corpus.
// With --fit it counts the weights in data/weights.json anew, with --write it puts the figures into the docs.

import { readFileSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";

import { readSnapshot } from "../dist/index.js";
import { diff } from "../dist/diff/diff.js";
import { classify } from "../dist/rules/classify.js";
import { knownConsumers } from "../dist/rules/consumers.js";
import { parseWeights, WEIGHTS as WEIGHTS_IN_USE } from "../dist/rules/weights.js";
import { fitExposure, fitKnownUser, fitOutcomes, fitReach } from "./fit.mjs";
import { auc, findingsOn, score } from "./score.mjs";

const WEIGHTS = new URL("../data/weights.json", import.meta.url);
/** Shipped kernels of the time of the known tools. */
const KERNELS = ["6.1", "6.12"];
const { values } = parseArgs({ options: { fit: { type: "boolean" }, write: { type: "boolean" } } });
const [BEGIN, END] = ["<!-- figures -->\n", "<!-- end of figures -->"];

const cases = readFileSync(new URL("../test/corpus/cases.jsonl", import.meta.url), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line));
const changes = new Map(cases.map((one) => [one.id, diff(one.before, one.after).changes]));
const judge = (one, consumers, weights) => findingsOn(one.event, classify(changes.get(one.id), { consumers, weights }));

/** The program of a case, with what it uses: the fields that the corpus says it reads, else the event as a whole. */
function programOf({ id, event, contract, reader, reads }) {
  const use = { tool: id, where: "corpus", event, contract, ...(reader === undefined ? {} : { reader }) };
  return reads === undefined ? [use] : reads.map((subject) => ({ ...use, subject }));
}

/** Cases in which a finding names the program that the case is about. */
function judgeKnown(one, weights) {
  const consumers = programOf(one);
  return judge(one, consumers, weights).filter((finding) => finding.consumers.some(({ tool }) => tool === one.id));
}

const ways = [
  ["by contract alone", (one, weights) => judge(one, [], weights)],
  ["with the known consumers", (one, weights) => judge(one, knownConsumers(), weights)],
  ["with the program itself known", judgeKnown],
];
if (values.fit === true) writeFileSync(WEIGHTS, `${JSON.stringify(await fitAll(cases), undefined, 2)}\n`);
const fitted = parseWeights(JSON.parse(readFileSync(WEIGHTS, "utf8")));
const text = render(ways.map(([name, way]) => [name, score(cases, (one) => way(one, fitted)), heldOut(way)]));
console.log(text);
if (values.write === true) {
  replaceBetween(new URL("../docs/accuracy.md", import.meta.url), text);
  replaceBetween(new URL("../docs/likelihood.md", import.meta.url), renderWeights(fitted));
}

async function fitAll(some) {
  const known = knownConsumers();
  return {
    outcome: fitOutcomes(some, (one) => judge(one, [], WEIGHTS_IN_USE)),
    reach: fitReach(known),
    exposure: fitExposure(await Promise.all(KERNELS.map((version) => readSnapshot(version))), known),
    knownUser: fitKnownUser(score(some, (one) => judgeKnown(one, WEIGHTS_IN_USE))),
  };
}

/** Each event's cases by weights that were fitted without them: whether the fit tells anything of events not seen. */
function heldOut(way) {
  return [...new Set(cases.map(({ event }) => event))].flatMap((event) => {
    const others = cases.filter((one) => one.event !== event);
    const weights = {
      ...fitted,
      outcome: fitOutcomes(others, (one) => judge(one, [], fitted)),
      knownUser: fitKnownUser(score(others, (one) => judgeKnown(one, fitted))),
    };
    return score(
      cases.filter((one) => one.event === event),
      (one) => way(one, weights),
    );
  });
}

function replaceBetween(file, content) {
  const doc = readFileSync(file, "utf8");
  const [start, end] = [doc.indexOf(BEGIN) + BEGIN.length, doc.indexOf(END)];
  writeFileSync(file, `${doc.slice(0, start)}\n${content}\n\n${doc.slice(end)}`);
}

function renderWeights({ outcome, reach, exposure, knownUser }) {
  const table = (title, weights) => [
    `| ${title} | weight |`,
    "|---|---|",
    ...Object.entries(weights).map(([key, value]) => `| ${key} | ${value} |`),
  ];
  const tables = [table("outcome", outcome), table("contract or kind of reader", reach), table("exposure", exposure)];
  return [...tables, table("", { "known user": knownUser })].map((lines) => lines.join("\n")).join("\n\n");
}

function render(scored) {
  const isBpfOrTool = ({ consumer }) => consumer !== "lttng-kmod";
  const rows = scored.flatMap(([name, all, unseen]) => [
    row(name, "all", all, unseen),
    row(name, "without lttng-kmod", all.filter(isBpfOrTool), unseen.filter(isBpfOrTool)),
  ]);
  const missed = scored.flatMap(([name, all]) => [
    `\nWrong ${name}:\n`,
    ...all.filter((one) => !one.right).map((one) => `- ${one.id}: ${describe(one)}`),
  ]);
  return [
    "| judged | cases | breaks caught | harmless cleared | AUC | AUC, held out | AUC, any contract |",
    "|---|---|---|---|---|---|---|",
    ...rows,
    ...missed,
  ].join("\n");
}

function row(name, which, some, unseen) {
  const [breaks, harmless] = [some.filter((one) => one.breaks), some.filter((one) => !one.breaks)];
  const rankings = [auc(some), auc(unseen), auc(some, "anyLikelihood")].map((area) => area.toFixed(3)).join(" | ");
  return `| ${name} | ${which} | ${share(breaks)} | ${share(harmless)} | ${rankings} |`;
}

function share(some) {
  const right = some.filter((one) => one.right).length;
  return `${right} of ${some.length} (${((100 * right) / some.length).toFixed(1)} %)`;
}

function describe({ breaks, event, contract, reader }) {
  const whom = reader === undefined ? contract : `${contract}, ${reader}`;
  return `\`${event}\`, ${whom}: ${breaks ? "a break, not caught" : "harmless, not cleared"}`;
}
