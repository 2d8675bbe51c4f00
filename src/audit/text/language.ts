// In which language a file of a tool is written, by its name or its first line. A cheap look: it is asked of every file.

import type { ToolFile } from "../reader.ts";

export type Language =
  | "bpftrace"
  | "c"
  | "go"
  | "perl"
  | "proto"
  | "python"
  | "rust"
  | "shell"
  | "textproto"
  | "typescript"
  | "unit"
  | "yaml";

const BY_EXTENSION: Readonly<Record<string, Language>> = {
  bash: "shell",
  bt: "bpftrace",
  c: "c",
  cc: "c",
  cfg: "textproto",
  cpp: "c",
  cxx: "c",
  go: "go",
  h: "c",
  hh: "c",
  hpp: "c",
  js: "typescript",
  ksh: "shell",
  mjs: "typescript",
  pbtx: "textproto",
  pbtxt: "textproto",
  pl: "perl",
  pm: "perl",
  proto: "proto",
  py: "python",
  rs: "rust",
  service: "unit",
  sh: "shell",
  tc: "shell",
  textpb: "textproto",
  textproto: "textproto",
  ts: "typescript",
  txtpb: "textproto",
  yaml: "yaml",
  yml: "yaml",
};

const INTERPRETERS: readonly (readonly [RegExp, Language])[] = [
  [/\bbpftrace\b/, "bpftrace"],
  [/\bpython[\d.]*\b/, "python"],
  [/\bperl\b/, "perl"],
  [/\b(?:ba|da|k|z)?sh\b/, "shell"],
];

/** The language of a file; undefined for those that no reader knows, and for binaries. */
export function languageOf(file: ToolFile): Language | undefined {
  if (file.text === "") return undefined;
  const interpreter = file.text.startsWith("#!") ? interpretedBy(file.text) : undefined;
  if (interpreter) return interpreter;
  const name = file.path.slice(file.path.lastIndexOf("/") + 1);
  const dot = name.lastIndexOf(".");
  return dot < 0 ? undefined : BY_EXTENSION[name.slice(dot + 1)];
}

function interpretedBy(text: string): Language | undefined {
  const line = text.slice(0, Math.min(text.indexOf("\n") >>> 0, 200));
  return INTERPRETERS.find(([pattern]) => pattern.test(line))?.[1];
}
