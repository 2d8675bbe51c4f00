// Addresses of pages: the fragment of the address. Invariant: `href` and `parseRoute` undo each other, whatever names hold.

export interface Route {
  /** `event`, `compare`, ...; empty for the first page. */
  readonly page: string;
  readonly names: readonly string[];
  readonly query: URLSearchParams;
}

/** The link to a page: `#/event/sched:sched_switch?a=6.1.0`; empty values of the query are left out. */
export function href(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const names = path.map((name) => encodeURIComponent(name).replaceAll("%3A", ":"));
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value) search.set(key, value);
  const text = search.toString();
  return `#/${names.join("/")}${text === "" ? "" : `?${text}`}`;
}

export function eventLink(id: string, query?: Readonly<Record<string, string | undefined>>): string {
  return href(["event", id], query);
}

export function parseRoute(fragment: string): Route {
  const [path = "", query = ""] = fragment.replace(/^#\/?/, "").split(/\?(.*)/s);
  const [page = "", ...names] = path.split("/").map(decode);
  return { page, names, query: new URLSearchParams(query) };
}

/** A fragment that somebody typed may have a stray `%`. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
