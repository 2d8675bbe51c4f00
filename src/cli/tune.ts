// How eagerly V8 compiles. Node 20 optimizes each function that is warm, in threads beside ours; in a run that is over in
// half a second that work is half of all processor time and gains nothing. Later versions of V8 have a compiler between.

import { setFlagsFromString } from "node:v8";

export function compileLater(): void {
  // The flag is V8's own: other versions do not know it.
  if (process.versions.v8.startsWith("11.")) setFlagsFromString("--interrupt-budget=500000");
}
