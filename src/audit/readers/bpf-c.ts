// Reads BPF C: programs on tracepoints, with the headers of their tool. Invariant: headers that are not the tool's own, and a
// vmlinux.h, are not opened; CO-RE finds the members of kernel structs by name.

import { nativeBpf } from "../../native.ts";
import { collector } from "../collect.ts";
import type { Surroundings, ToolFile, UseReader } from "../reader.ts";
import { includesOf } from "../text/includes.ts";
import { languageOf } from "../text/language.ts";
import { collectBpfFacts } from "./bpf-facts.ts";
import { loaderOf } from "./bpf-loader.ts";

/** One of these stands in each file that can hold a program: the section itself, or the header that macros for it need. */
const NEEDLES = ["SEC(", "bpf_helpers.h", "vmlinux.h", 'section("t', 'section("raw_t'];

/** A header of more characters is one of the kernel's (vmlinux.h has 3 million). */
const MAX_HEADER = 400_000;
const MAX_HEADERS = 200;
const MAX_CHARACTERS = 4_000_000;
/** How a part of a file names the whole; no file is called so. */
const WHOLE = "<whole>";

export const bpfC: UseReader = {
  id: "bpf-c",
  title: 'BPF programs in C: SEC("tp/.."), raw_tp, tp_btf',
  claims: (file) => languageOf(file) === "c" && NEEDLES.some((needle) => file.text.includes(needle)),
  read: (file, around) => {
    const out = collector("bpf-c", file);
    const { texts, includes } = withHeaders(file, around);
    const loader = loaderOf(file, around);
    const facts = nativeBpf.readBpfC({ file: file.path, texts, includes, loaderSets: loader.variables });
    collectBpfFacts(facts, out, {
      variants: (program) => [{ program, guards: loader.programs.get(program.name) ?? [] }],
    });
    return out.found();
  },
};

interface Headers {
  readonly texts: Record<string, string>;
  readonly includes: [string, string, string][];
}

/**
 * The file and all headers of its tool that it includes, directly or not. What a file that is a part of another needs stands
 * in that: it is as if it included the other at its end.
 */
function withHeaders(file: ToolFile, around: Surroundings): Headers {
  const whole = around.includerOf?.(file);
  const text = whole === undefined ? file.text : `${file.text}\n#include "${WHOLE}"\n`;
  const texts: Record<string, string> = { [file.path]: text };
  const includes: [string, string, string][] = [];
  let characters = file.text.length;
  const open = [file];
  if (whole !== undefined) {
    includes.push([file.path, WHOLE, whole.path]);
    texts[whole.path] = whole.text;
    open.push(whole);
  }
  for (let from = open.pop(); from; from = open.pop()) {
    for (const { name } of includesOf(from)) {
      const header = around.find(name, from);
      if (!header || header.text === "" || header.text.length > MAX_HEADER) continue;
      if (!(header.path in texts)) {
        if (Object.keys(texts).length >= MAX_HEADERS || characters + header.text.length > MAX_CHARACTERS) continue;
        characters += header.text.length;
        texts[header.path] = header.text;
        open.push(header);
      }
      includes.push([from.path, name, header.path]);
    }
  }
  return { texts, includes };
}
