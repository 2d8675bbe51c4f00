// Which command finds the commit that introduced an event, in a clone of Linux: the data know releases, not commits.
// Invariant: a name or path that a shell would read as anything else yields no command.

/** A search for the commit between two releases that first names an event in its file. */
export function originCommand(name: string, file: string, before: string, after: string): string | undefined {
  const words = [name, file, before, after];
  if (!words.every((word) => /^[\w./+-]+$/.test(word) && !word.startsWith("-"))) return undefined;
  return `git log --reverse --oneline -S ${name} ${tagOf(before)}..${tagOf(after)} -- ${file}`;
}

/** `v6.12` for 6.12.0, which is how Linux calls the first release of a series since 3.0. */
function tagOf(version: string): string {
  return `v${version.replace(/^v/, "").replace(/^(\d+\.\d+)\.0$/, "$1")}`;
}
