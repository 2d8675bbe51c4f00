// Tags of a repository that name kernel releases. Invariant: a tag whose name is no release is left out.

import { compareVersions, inRange, parseRange, parseVersion } from "../snapshot/version.ts";
import { git } from "../git/run.ts";

/** Names of the tags of releases in a range (see `parseRange`), such as `v6.12.117`, oldest release first. */
export async function releaseTags(repo: string, range: string): Promise<readonly string[]> {
  const versions = parseRange(range);
  const text = await git(repo, ["for-each-ref", "--format=%(refname:strip=2)", "refs/tags"]);
  return text
    .split("\n")
    .filter((tag) => /^v\d/.test(tag) && parseVersion(tag) !== undefined && inRange(tag, versions))
    .sort(compareVersions);
}
