// Writes acceptances into the text of a tpabi.yml. Invariant: comments and all other entries stay as they are.

import { type Document, isMap, isSeq, parseDocument, type YAMLMap, YAMLSeq } from "yaml";

import { readConfig } from "./read-config.ts";

/** A finding to accept by its id. */
export interface NewAcceptance {
  readonly finding: string;
  readonly reason: string;
  readonly owner?: string;
  readonly until?: string;
  /** What the finding is about, for whoever reads the file: becomes a comment. */
  readonly about?: string;
}

const HEADER = " What tpabi checks here, and what was accepted: docs/config.md of tpabi says how.";

/**
 * The text with the acceptances in it; a finding that has one already gets the new one in its place. Fails where the text
 * is no valid configuration; `file` is what messages call it.
 */
export function writeAcceptances(content: string, file: string, acceptances: readonly NewAcceptance[]): string {
  readConfig(content, file);
  const document: Document = parseDocument(content);
  if (content === "") document.commentBefore = HEADER;
  const list = acceptList(document);
  for (const { about, ...fields } of acceptances) {
    const entry = document.createNode(fields);
    const known = list.items.findIndex((item) => isMap(item) && textOf(item, "finding") === fields.finding);
    if (known >= 0) {
      list.items[known] = entry;
    } else {
      if (about !== undefined) entry.commentBefore = ` ${about}`;
      list.items.push(entry);
    }
  }
  // Some people indent lists under their key, some do not. Only such a list begins a line with a dash.
  const text = document.toString({ lineWidth: 0, indentSeq: !/^- /m.test(content) });
  readConfig(text, file);
  return text;
}

function acceptList(document: Document): YAMLSeq {
  const found = document.get("accept");
  if (isSeq(found)) {
    // `accept: []` would stay on one line.
    found.flow = false;
    return found;
  }
  const list = new YAMLSeq();
  document.set("accept", list);
  return list;
}

/** As it stands in the file: an id of digits alone is a number to YAML. */
function textOf(map: YAMLMap, key: string): string | undefined {
  const node = map.get(key, true);
  return node?.source ?? undefined;
}
