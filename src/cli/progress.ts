// Progress of long work: one line on stderr that replaces itself, and only where someone watches.

import type { OnProgress } from "../native.ts";

export interface Progress {
  readonly update: OnProgress;
  /** Takes the line away. */
  readonly clear: () => void;
}

const INTERVAL_MS = 100;
const ERASE_LINE = "\r\u001b[K";

export function showProgress(stream: NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { update: () => {}, clear: () => {} };
  let last = 0;
  return {
    update: (done, total, what) => {
      const now = Date.now();
      if (now - last < INTERVAL_MS) return;
      last = now;
      const text = total > 0 ? `${what} ${done}/${total}` : what;
      stream.write(ERASE_LINE + text.slice(0, stream.columns - 1));
    },
    clear: () => {
      if (last > 0) stream.write(ERASE_LINE);
    },
  };
}
