// Where in the site one is. Invariant: the address alone says it.

import { useEffect, useState } from "preact/hooks";

import { href, parseRoute, type Route } from "./links.ts";

export function useRoute(): Route {
  const [fragment, setFragment] = useState(location.hash);
  useEffect(() => {
    const listen = (): void => setFragment(location.hash);
    addEventListener("hashchange", listen);
    return () => removeEventListener("hashchange", listen);
  }, []);
  return parseRoute(fragment);
}

/** Changes the query of the page one is on, without a step in the history of the browser. */
export function replaceQuery({ page, names, query }: Route, changes: Readonly<Record<string, string>>): void {
  const all = { ...Object.fromEntries(query), ...changes };
  location.replace(href([page, ...names], all));
}
