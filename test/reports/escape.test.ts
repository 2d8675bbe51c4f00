// Escaping is held against what reads it: parsers of HTML, XML and Markdown, and GitHub's own way to decode commands.

import { describe, expect, test } from "@jest/globals";
import MarkdownIt from "markdown-it";
import { parseFragment } from "parse5";

import {
  disarmCommands,
  escapeCommandData,
  escapeCommandProperty,
  escapeJson,
  escapeMarkdown,
  escapeXml,
  markdownCode,
  relativePath,
  relativeUri,
} from "../../src/reports/escape.ts";
import { escapeControls } from "../../src/reports/text.ts";
import { HOSTILE_TEXTS } from "../samples.ts";

const NO_WIDTH = /\u200b/g;
const markdown = new MarkdownIt({ html: true, linkify: true });

test.each(HOSTILE_TEXTS.map((text) => [text]))("HTML reads one text and nothing else: %j", (text) => {
  const { childNodes } = parseFragment(`<p title="${escapeXml(text)}">${escapeXml(text)}</p>`);
  expect(childNodes).toHaveLength(1);
  expect(childNodes[0]).toMatchObject({
    attrs: [{ name: "title", value: escapeControls(text) }],
    childNodes: [{ nodeName: "#text", value: escapeControls(text) }],
  });
});

describe("Markdown", () => {
  test.each(HOSTILE_TEXTS.map((text) => [text]))("shows the same text, with nothing linked: %j", (text) => {
    const [inline] = markdown.parseInline(`x ${escapeMarkdown(text)}`, {});
    const children = inline?.children ?? [];
    const types = new Set(children.map(({ type }) => type));
    expect([...types].filter((type) => type !== "text" && type !== "text_special")).toEqual([]);
    const shown = children.map(({ content }) => content).join("");
    expect(shown.replace(NO_WIDTH, "")).toBe(`x ${escapeControls(text)}`.trim());
    expect(shown).not.toMatch(/[@#~!]\w|GH-\d|www\.|\/\//);
  });

  test.each([...HOSTILE_TEXTS.map((text) => [text]), ["`"], ["a``b"], [" a "]])("shows code as it is: %j", (text) => {
    const [inline] = markdown.parseInline(`x ${markdownCode(text)} y`, {});
    const code = inline?.children?.filter(({ type }) => type !== "text") ?? [];
    expect(code.map(({ type, content }) => [type, content])).toEqual([["code_inline", escapeControls(text)]]);
  });
});

describe("workflow commands", () => {
  // As the runner decodes them (ActionCommand.cs in actions/runner): the percent sign last.
  const decode = (text: string): string =>
    text
      .replaceAll("%0D", "\r")
      .replaceAll("%0A", "\n")
      .replaceAll("%3A", ":")
      .replaceAll("%2C", ",")
      .replaceAll("%25", "%");

  test.each(HOSTILE_TEXTS.map((text) => [text]))("are one line and come back as they were: %j", (text) => {
    const data = escapeCommandData(text);
    const property = escapeCommandProperty(text);
    expect(data).not.toMatch(/[\r\n]/);
    expect(property).not.toMatch(/[\r\n:,]/);
    expect(decode(data)).toBe(text);
    expect(decode(property)).toBe(escapeControls(text));
  });
});

test.each([
  ["::error::x", "\\x3a:error::x"],
  ["a\n  ::warning file=b::x\n", "a\n  \\x3a:warning file=b::x\n"],
  ["was: ::error::x", "was: ::error::x"],
  ["sched:sched_switch a::b", "sched:sched_switch a::b"],
])("no line of %j is a command", (text, expected) => {
  expect(disarmCommands(text)).toBe(expected);
});

test("JSON means what it meant, and holds nothing to act on", () => {
  const value = Object.fromEntries(HOSTILE_TEXTS.map((text) => [text, [`${text}##[error]`]]));
  const json = escapeJson(JSON.stringify(value, null, 2));
  expect(JSON.parse(json)).toEqual(value);
  expect(json).toBe(json.split("\n").map(escapeControls).join("\n"));
});

test.each([
  ["include/trace/events/block.h", "include/trace/events/block.h", "include/trace/events/block.h"],
  ["/etc/passwd", "etc/passwd", "etc/passwd"],
  ["../../etc/./x", "etc/x", "etc/x"],
  ["a b/c:d%?#é.h", "a b/c:d%?#é.h", "a%20b/c%3Ad%25%3F%23%C3%A9.h"],
  ["javascript:alert(1)", "javascript:alert(1)", "javascript%3Aalert(1)"],
])("%j stays in the tree", (file, path, uri) => {
  expect([relativePath(file), relativeUri(file)]).toEqual([path, uri]);
});
