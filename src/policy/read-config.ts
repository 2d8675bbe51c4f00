// Reads tpabi.yml. Invariant: what does not fit docs/config.schema.json is an error that names the line.

import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

import { ToolError } from "../errors.ts";
import { rules } from "../rules/index.ts";
import { NOTICES } from "../rules/notices.ts";
import { FAIL_ON, POLICIES } from "../rules/policy.ts";
import { ARCHES } from "../snapshot/arch.ts";
import { type Acceptance, type Config, FINDING_ID, GRADES } from "./config.ts";
import { isUntil } from "./until.ts";

/** Bytes of a file that is read: far more than anybody writes by hand. */
const MAX_LENGTH = 1024 * 1024;

/** The file and its lines, for messages. */
interface Source {
  readonly file: string;
  readonly lines: LineCounter;
}

/** What makes a value of a node, or fails. */
type Read<T> = (node: Node | null, source: Source) => T;

const RULE_IDS: readonly string[] = [...rules, ...NOTICES].map(({ id }) => id);

const readAcceptance = record({
  finding: matching(FINDING_ID, "the id of a finding, 16 hexadecimal digits"),
  rule: oneOf(RULE_IDS),
  event: text,
  subject: text,
  reason: text,
  owner: text,
  until: untilText,
});

const readTop = record({
  policy: oneOf(POLICIES),
  "fail-on": oneOf(FAIL_ON),
  "min-likelihood": share,
  arches: listOf(oneOf(ARCHES)),
  events: listOf(text),
  ignore: listOf(text),
  rules: mapOf(RULE_IDS, oneOf(GRADES)),
  accept: listOf(acceptance),
});

/** The configuration in a file's text; `file` is what messages call it. */
export function readConfig(content: string, file: string): Config {
  const source: Source = { file, lines: new LineCounter() };
  if (content.length > MAX_LENGTH) throw new ToolError("limit-exceeded", `'${file}' is larger than 1 MiB`);
  const document = parseDocument(content, { lineCounter: source.lines, prettyErrors: false });
  const [error] = document.errors;
  if (error) throw invalid(source, error.pos[0], `no valid YAML: ${error.message.split("\n", 1)[0]?.toLowerCase()}`);
  return { file, ...(document.contents === null ? {} : readTop(document.contents, source)) };
}

/** A map with these keys and no others; each may be absent. */
function record<T extends object>(readers: { readonly [Key in keyof T]: Read<T[Key]> }): Read<{
  readonly [Key in keyof T]?: T[Key];
}> {
  const entries = Object.entries(readers) as readonly (readonly [string, Read<unknown>])[];
  return (node, source) => {
    const values = entriesOf(node, source, Object.keys(readers)).map(([key, value]) => {
      const [, read] = entries.find(([name]) => name === key) ?? [];
      return [key, read?.(value, source)];
    });
    return Object.fromEntries(values) as Partial<T>;
  };
}

/** A map from any of these names to values of one kind. */
function mapOf<T>(names: readonly string[], read: Read<T>): Read<Readonly<Record<string, T>>> {
  return (node, source) =>
    Object.fromEntries(entriesOf(node, source, names).map(([name, value]) => [name, read(value, source)]));
}

function entriesOf(
  node: Node | null,
  source: Source,
  names: readonly string[],
): readonly (readonly [string, Node | null])[] {
  if (!isMap<Node, Node | null>(node)) throw unexpected(node, source, "keys with values");
  return node.items.map(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : "";
    if (!names.includes(name)) throw invalidAt(key, source, `unknown key '${name}'; known: ${names.join(", ")}`);
    return [name, value];
  });
}

function listOf<T>(read: Read<T>): Read<readonly T[]> {
  return (node, source) => {
    if (!isSeq<Node | null>(node)) throw unexpected(node, source, "a list");
    return node.items.map((item) => read(item, source));
  };
}

function oneOf<T extends string>(choices: readonly T[]): Read<T> {
  return (node, source) => {
    const found = choices.find((choice) => isScalar(node) && node.value === choice);
    if (found === undefined) throw unexpected(node, source, `one of ${choices.join(", ")}`);
    return found;
  };
}

function matching(expression: RegExp, meaning: string): Read<string> {
  return (node, source) => {
    const found = text(node, source);
    if (!expression.test(found)) throw unexpected(node, source, meaning);
    return found;
  };
}

/** A text as it stands in the file: `6.10` and `1234567812345678` are none to YAML, but to whoever wrote them. */
function text(node: Node | null, source: Source): string {
  const value = isScalar(node) ? (typeof node.value === "number" ? node.source : node.value) : undefined;
  if (typeof value !== "string" || value.trim() === "") throw unexpected(node, source, "a text");
  return value;
}

function share(node: Node | null, source: Source): number {
  const value = isScalar(node) ? node.value : undefined;
  if (typeof value !== "number" || !(value >= 0 && value <= 1)) throw unexpected(node, source, "a number from 0 to 1");
  return value;
}

function untilText(node: Node | null, source: Source): string {
  const found = text(node, source);
  if (isUntil(found)) return found;
  throw unexpected(node, source, "a day such as 2027-01-31, or a kernel such as v6.18");
}

function acceptance(node: Node | null, source: Source): Acceptance {
  const { reason, ...rest } = readAcceptance(node, source);
  const { finding, rule, event, subject } = rest;
  const patterns = [rule, event, subject].filter((pattern) => pattern !== undefined);
  if (reason === undefined) throw invalidAt(node, source, "an acceptance needs a 'reason'");
  if ((finding === undefined) === (patterns.length === 0)) {
    throw invalidAt(node, source, "an acceptance needs either a 'finding' or some of 'rule', 'event' and 'subject'");
  }
  return { ...rest, reason, line: lineOf(node, source) };
}

function unexpected(node: Node | null, source: Source, expected: string): ToolError {
  const seen = isScalar(node) && node.source ? `'${node.source}'` : describe(node);
  return invalidAt(node, source, `${seen} is not ${expected}`);
}

function describe(node: Node | null): string {
  if (isAlias(node)) return "an alias";
  if (isMap(node)) return "a map";
  return isSeq(node) ? "a list" : "this";
}

function invalidAt(node: Node | null, source: Source, message: string): ToolError {
  return invalid(source, node?.range?.[0] ?? 0, message);
}

function invalid({ file, lines }: Source, offset: number, message: string): ToolError {
  return new ToolError("bad-config", `${file}:${lines.linePos(offset).line}: ${message}`);
}

function lineOf(node: Node | null, { lines }: Source): number {
  return lines.linePos(node?.range?.[0] ?? 0).line;
}
