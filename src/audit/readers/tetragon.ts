// Reads tracing policies of tetragon: the events and the places of fields or arguments that they name. Invariant: `index`
// counts the fields of the format file, common ones included, unless the policy says `raw`; then it counts arguments.

import { isMap, isScalar, isSeq, LineCounter, parseAllDocuments, type YAMLMap } from "yaml";

import { collector, type Collector, type Program } from "../collect.ts";
import type { UseReader } from "../reader.ts";
import { languageOf } from "../text/language.ts";

/** Larger files of YAML are generated; policies have some kilobytes. */
const LARGEST_POLICY = 500_000;

export const tetragon: UseReader = {
  id: "tetragon",
  title: "tetragon: tracing policies in YAML",
  claims: (file) =>
    languageOf(file) === "yaml" && file.text.includes("tracepoints:") && /kind:\s*["']?TracingPolicy/.test(file.text),
  read: (file) => {
    const out = collector("tetragon", file);
    if (file.text.length > LARGEST_POLICY) {
      out.notUnderstood(1, file.path, "larger than any policy");
      return out.found();
    }
    const lines = new LineCounter();
    for (const document of parseAllDocuments(file.text, { lineCounter: lines })) {
      const lineAt = (node: unknown): number => lines.linePos(offsetOf(node)).line;
      const [error] = "errors" in document ? document.errors : [];
      if (error) out.notUnderstood(lines.linePos(error.pos[0]).line, error.code, "no valid YAML");
      const root = "contents" in document ? document.contents : undefined;
      if (isMap(root) && /^TracingPolicy(?:Namespaced)?$/.test(textOf(root, "kind") ?? ""))
        readPolicy(out, root, lineAt);
    }
    return out.found();
  },
};

type LineOf = (node: unknown) => number;

function offsetOf(node: unknown): number {
  return isMap(node) || isScalar(node) || isSeq(node) ? (node.range?.[0] ?? 0) : 0;
}

/** A value as text; undefined where it is none or is not there. */
function textOf(map: YAMLMap, key: string): string | undefined {
  const value = map.get(key);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
}

/** The maps in a list. */
function mapsOf(map: YAMLMap, key: string): readonly YAMLMap[] {
  const list = map.get(key);
  return isSeq(list) ? list.items.filter((item) => isMap(item)) : [];
}

function readPolicy(out: Collector, root: YAMLMap, lineAt: LineOf): void {
  const metadata = root.get("metadata");
  const policy = (isMap(metadata) ? textOf(metadata, "name") : undefined) ?? "policy";
  const spec = root.get("spec");
  for (const tracepoint of isMap(spec) ? mapsOf(spec, "tracepoints") : [])
    readTracepoint(out, policy, tracepoint, lineAt);
}

function readTracepoint(out: Collector, policy: string, map: YAMLMap, lineAt: LineOf): void {
  const system = textOf(map, "subsystem");
  const name = textOf(map, "event");
  if (system === undefined || name === undefined) {
    return out.notUnderstood(lineAt(map), "tracepoints", "expected both subsystem and event");
  }
  const isRaw = textOf(map, "raw") === "true";
  const program: Program = {
    program: policy,
    attach: isRaw ? "raw_tp" : "tp",
    target: isRaw ? { name } : { system, name },
  };
  out.use(program, "existence", lineAt(map));
  for (const arg of mapsOf(map, "args")) {
    const index = Number(textOf(arg, "index") ?? "-1");
    const type = textOf(arg, "type");
    if (!Number.isInteger(index) || index < 0) {
      out.notUnderstood(lineAt(arg), "args", "expected an index");
    } else if (isRaw) {
      // The type is one of tetragon's own words for types of the kernel (`skb`, `linux_binprm`), none of C.
      out.use(program, "args", lineAt(arg), { subject: { is: "argument", index } });
    } else {
      out.use(program, "fields", lineAt(arg), { subject: { is: "field-index", index, ...(type ? { type } : {}) } });
    }
  }
}
