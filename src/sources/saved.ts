// A snapshot that was saved with `tpabi snapshot`. Its text is validated: it may come from anywhere.

import { decode } from "../snapshot/codec.ts";
import type { Reader } from "./reader.ts";
import { readText } from "./files.ts";

export const savedReader: Reader = {
  spelling: "FILE.json",
  meaning: "a saved snapshot (also FILE.json.gz)",
  prefix: "file:",
  claims: (text) => /\.json(\.gz)?$/.test(text),
  read: async (path) => decode(await readText(path), path),
};
