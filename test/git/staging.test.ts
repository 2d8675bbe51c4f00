// Patches that somebody sent: what leads out of the tree, what is too much, and what cannot be stored.

import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

import { beforeAll, expect, test } from "@jest/globals";

import { applyPatches } from "../../src/git/staging.ts";
import { type Repository, repository } from "./repository.ts";

let repo: Repository;
beforeAll(() => {
  repo = repository();
  repo.commit("first", { "include/a.h": "one\n" });
  symlinkSync("/etc", join(repo.path, "link"));
  repo.commit("a link", {});
});

const apply = (patch: string) => applyPatches(repo.path, "HEAD", Buffer.from(patch));

/** A mail with a patch that makes a file. */
function making(path: string): string {
  return `From: a@b\nSubject: [PATCH] x\n\n--- /dev/null\n+++ b/${path}\n@@ -0,0 +1 @@\n+owned\n`;
}

test.each([
  ["../owned", "invalid path '../owned'"],
  ["include/../../owned", "invalid path 'include/../../owned'"],
  ["/etc/owned", "invalid path '/etc/owned'"],
  [".git/hooks/owned", "invalid path '.git/hooks/owned'"],
  ["link/owned", "beyond a symbolic link"],
])("a patch of %s does not leave the tree", async (path, message) => {
  const expected = { code: "bad-patch", message: expect.stringContaining(message) };
  await expect(apply(making(path))).rejects.toMatchObject(expected);
  expect(repo.git("status", "--porcelain")).toBe("");
});

test("a binary patch that stands for too much is refused", async () => {
  const size = 2 ** 31;
  const data = deflateSync(Buffer.from("x")).subarray(0, 4);
  const line = `D${base85(data)}`;
  const bomb = `From: a@b\nSubject: x\n\ndiff --git a/x b/x\nnew file mode 100644\nindex ${"0".repeat(40)}..${"1".repeat(40)}\nGIT binary patch\nliteral ${size}\n${line}\n\nliteral 0\nHcmV?d00001\n\n`;
  await expect(apply(bomb)).rejects.toMatchObject({ code: "bad-patch", message: expect.stringContaining("limit") });
});

test("a mailbox of too many mails is refused", async () => {
  const mail = "From a@b Thu Jan  1 00:00:00 1970\nFrom: a@b\nSubject: x\n\nx\n\n";
  await expect(apply(mail.repeat(10_001))).rejects.toMatchObject({
    code: "limit-exceeded",
    message: "a mailbox of more than 10000 mails",
  });
}, 60_000);

/** Four bytes as git spells them. */
function base85(bytes: Uint8Array): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~";
  let number = Buffer.from(bytes).readUInt32BE();
  let text = "";
  for (let left = 5; left > 0; left--) {
    text = `${digits[number % 85]}${text}`;
    number = Math.floor(number / 85);
  }
  return text;
}
