// A browser for the tests of the pages, and a site to look at: two shipped kernels, and one whose names are hostile.

import { cpSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

import { findBaseline } from "../../../src/baselines/select.ts";
import { listBaselines, readBaseline } from "../../../src/baselines/store.ts";
import type { Snapshot } from "../../../src/snapshot/model.ts";
import { generateSite } from "../../../src/site/site.ts";

/** What the build makes of src/site/app. */
const APP = fileURLToPath(new URL("../../../dist/site/app", import.meta.url));

/** Debian's chromium, or another one that TPABI_CHROMIUM names. */
export const CHROMIUM = [process.env.TPABI_CHROMIUM ?? "", "/usr/bin/chromium", "/usr/bin/chromium-browser"].find(
  (path) => path !== "" && existsSync(path),
);

/** An event, a field, labels and a file that would be markup, script, or another name, if anybody let them. */
export const HOSTILE = {
  system: "</script><script>document.title='owned'</script>",
  event: "\"'><img src=x onerror=\"document.title='owned'\">/?#%41",
  field: "<b onclick=x>\u202efield</b>",
  text: "javascript:alert(1) {{x}} ${x} </textarea> & &lt;",
} as const;

function withHostile(snapshot: Snapshot, version: string, offset: number): Snapshot {
  const { system, event, field, text } = HOSTILE;
  return {
    ...snapshot,
    kernel: { ...snapshot.kernel, version },
    problems: [{ code: "missing-directory", message: text }],
    events: [
      {
        system,
        name: event,
        class: text,
        tracepoint: event,
        fields: [{ name: field, type: `${text}[8]`, offset, size: 8, signed: false, kind: "array", length: 8 }],
        print: { format: text, args: text, symbols: { [text]: { [field]: 1, __proto__: 2 } } },
        when: text,
        location: { file: `../${text}`, line: 1 },
      },
      ...snapshot.events,
    ],
    tracepoints: [{ name: event, args: [{ name: field, type: text }] }, ...snapshot.tracepoints],
  };
}

/** Writes the site: 6.1.192, 6.12.117, and 6.12.118, which is the same with a hostile event whose field has moved. */
export async function writeSite(directory: string): Promise<void> {
  const baselines = await listBaselines();
  const read = (version: string) => readBaseline(findBaseline(baselines, version, "x86_64", ""));
  const [before, after] = await Promise.all([read("6.1.192"), read("6.12.117")]);
  const kernels = new Map([
    ["6.1.192", before],
    ["6.12.117", withHostile(after, "6.12.117", 8)],
    ["6.12.118", withHostile(after, "6.12.118", 16)],
  ]);
  const files = await generateSite([...kernels.keys()], {
    arch: "x86_64",
    read: async (version) => kernels.get(version) as Snapshot,
  });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(directory, path)), { recursive: true });
    writeFileSync(join(directory, path), text);
  }
  cpSync(APP, directory, { recursive: true });
}
