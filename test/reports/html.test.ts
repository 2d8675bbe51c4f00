// The HTML report as a browser's parser sees it, and what its policy lets the browser do.

import { createHash } from "node:crypto";
import { Script } from "node:vm";

import { describe, expect, test } from "@jest/globals";
import { type DefaultTreeAdapterTypes, parse } from "parse5";

import { renderHtml } from "../../src/reports/html.ts";
import type { Report } from "../../src/reports/report.ts";
import { escapeControls } from "../../src/reports/text.ts";
import { FINDINGS, HOSTILE_REPORT, HOSTILE_TEXTS, REPORT, reportWith } from "../samples.ts";

type Node = DefaultTreeAdapterTypes.Node;
type Element = DefaultTreeAdapterTypes.Element;

const OPTIONS = { color: false, width: 100, all: true };

function elementsOf(report: Report, options = OPTIONS): readonly Element[] {
  const errors: string[] = [];
  const document = parse(renderHtml(report, options), { onParseError: ({ code }) => errors.push(code) });
  expect(errors).toEqual([]);
  return descendants(document);
}

function descendants(node: Node): readonly Element[] {
  const children = "childNodes" in node ? node.childNodes : [];
  return children.flatMap((child) => ("tagName" in child ? [child, ...descendants(child)] : []));
}

function textOf(node: Node): string {
  if ("value" in node) return node.value;
  return "childNodes" in node ? node.childNodes.map(textOf).join("") : "";
}

function attribute(element: Element | undefined, name: string): string | undefined {
  return element?.attrs.find((attr) => attr.name === name)?.value;
}

const named =
  (tagName: string) =>
  (element: Element): boolean =>
    element.tagName === tagName;

describe.each([
  ["a report", REPORT],
  ["an empty one", reportWith({})],
  ["a hostile one", HOSTILE_REPORT],
])("%s", (_, report) => {
  const elements = elementsOf(report);

  test("has one style and one script, which its policy names by their hashes, and nothing else that could run", () => {
    const policy = elements.find((element) => attribute(element, "http-equiv") === "Content-Security-Policy");
    const hash = (text: string): string => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    const [style] = elements.filter(named("style")).map(textOf);
    const [script] = elements.filter(named("script")).map(textOf);
    expect(elements.filter((element) => ["style", "script"].includes(element.tagName))).toHaveLength(2);
    expect(attribute(policy, "content")?.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${hash(style ?? "")}`,
      `script-src ${hash(script ?? "")}`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
    expect(() => new Script(script ?? "")).not.toThrow();
    const active = elements.flatMap(({ attrs }) => attrs).filter(({ name }) => /^(on|src|style|action)/.test(name));
    expect(active).toEqual([]);
  });

  test("links within itself alone, to places that are there", () => {
    const ids = elements.flatMap((element) => attribute(element, "id") ?? []);
    expect(new Set(ids).size).toBe(ids.length);
    const targets = elements.flatMap(
      (element) => attribute(element, "href") ?? attribute(element, "aria-labelledby") ?? [],
    );
    expect(ids).toEqual(expect.arrayContaining(targets.map((target) => target.replace(/^#/, ""))));
  });

  test("names every control for who cannot see it", () => {
    const labelled = new Set(elements.filter(named("label")).flatMap((label) => descendants(label)));
    const controls = elements.filter(({ tagName }) => tagName === "input" || tagName === "select");
    expect(controls.every((control) => labelled.has(control))).toBe(true);
    expect(elements.filter(named("h1"))).toHaveLength(1);
    expect(attribute(elements[0], "lang")).toBe("en");
  });
});

test("hostile text is shown as text, with controls made visible", () => {
  const elements = elementsOf(HOSTILE_REPORT);
  const messages = elements
    .filter(named("article"))
    .map((article) => textOf(descendants(article).find(named("p")) as Node));
  expect(messages.toSorted()).toEqual(HOSTILE_TEXTS.map(escapeControls).toSorted());
});

test("findings stand under their event, worst first, with what the filters need", () => {
  const elements = elementsOf(REPORT);
  const articles = elements.filter(named("article"));
  expect(articles.map((article) => attribute(article, "id"))).toEqual(
    ["01b2", "9c9c", "77aa", "5f1c"].map((id) => `finding-${id}`),
  );
  expect(articles.map((article) => attribute(article, "data-contracts"))).toEqual([
    "args",
    "text",
    "layout fields core text",
    "",
  ]);
  expect(elements.filter(named("option")).map(textOf)).toEqual(
    expect.arrayContaining(["all", "layout", "block", "sched", "writeback"]),
  );
});

test("without a script the filters are away and all findings are there", () => {
  const elements = elementsOf(REPORT);
  expect(attribute(elements.find(named("form")), "hidden")).toBe("");
  expect(elements.filter((element) => attribute(element, "hidden") !== undefined)).toHaveLength(1);
  expect(elements.filter(named("article"))).toHaveLength(FINDINGS.length);
});

test("an accepted finding says so, with its reason", () => {
  const [first, ...others] = REPORT.findings;
  if (first === undefined) throw new Error("the sample has findings");
  const accepted = { ...first, accepted: { reason: "told everybody", owner: "net" } };
  const article = elementsOf({ ...REPORT, findings: [accepted, ...others] }).find(named("article"));
  expect(textOf(article as Node)).toMatch(/breaking, accepted[^]*told everybody[^]*net/);
});
