// Patterns of event names as users write them: `sched:*`, `*:*_done`, or `sched_switch` for that event of any system.

/** A test for event ids (`system:name`) by a pattern in which `*` is any text and `?` any one character. */
export function eventMatcher(pattern: string): (id: string) => boolean {
  const glob = pattern.includes(":") ? pattern : `*:${pattern}`;
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  const expression = new RegExp(`^${source}$`);
  return (id) => expression.test(id);
}
