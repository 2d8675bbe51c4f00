// What tpabi calls itself where a report has to say which tool wrote it. Invariant: the version is the package's.

import { createRequire } from "node:module";

const { version } = createRequire(import.meta.url)("../../package.json") as { version: string };

export const TOOL: { readonly name: string; readonly version: string } = { name: "tpabi", version };
