// Patterns of event names as users write them: `sched:*`, `*:*_done`, or `sched_switch` for that event of any system.

/** Whether an event id (`system:name`) matches a pattern in which `*` is any text and `?` any one character. */
export function matchesGlob(pattern: string, id: string): boolean {
  const whole = pattern.includes(":") ? pattern : `*:${pattern}`;
  return globToRegExp(whole).test(id);
}

function globToRegExp(glob: string): RegExp {
  const source = glob
    .replace(/[.+^${}()|[\]\\]/g, "\\$&")
    .replace(/\*+/g, ".*")
    .replace(/\?/g, ".");
  return new RegExp(`^${source}$`);
}
