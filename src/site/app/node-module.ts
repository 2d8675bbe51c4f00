// Stands in for `node:module` in the scripts of the pages: what the rules read from files, the page has loaded before.
// Invariant: the weights are built in, since the rules want them at once; all else is data of the site.

import weights from "../../../data/weights.json" with { type: "json" };

declare const tpabiRead: (name: string) => unknown;

export function createRequire(): (path: string) => unknown {
  return (path) => {
    const name = path.replace(/^.*\/|\.json$/g, "");
    return name === "weights" ? weights : tpabiRead(name);
  };
}
