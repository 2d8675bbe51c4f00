import { expect, test } from "@jest/globals";

import { wrapAddon } from "../src/native.ts";

const REQUEST = { kind: "tree", path: ".", arch: "x86_64", cacheDir: null } as const;

/** What an addon that fails with this message makes of a call. */
function failWith(message: string): Promise<string> {
  const fail = (): Promise<string> => Promise.reject(new Error(message));
  return wrapAddon(() => ({ readTracefs: fail, readBtf: fail, readSource: fail, readChange: fail })).readSource(
    REQUEST,
  );
}

test("an expected failure of the addon arrives with its code, message and hint", async () => {
  const detail = { code: "unknown-revision", message: "no revision 'v6.13' in '.'", hint: "did you mean v6.12?" };
  await expect(failWith(JSON.stringify(detail))).rejects.toMatchObject({ name: "ToolError", ...detail });
});

test("without a hint of its own it gets the usual one", async () => {
  await expect(failWith('{"code": "bad-archive", "message": "cannot unpack"}')).rejects.toMatchObject({
    hint: "expected .tar, .tar.gz or .tar.xz",
  });
});

test.each(["panicked at lib.rs", '{"code": "no-such-code", "message": "x"}', "null", "{}"])(
  "%s is a bug and stays what it is",
  async (message) => {
    await expect(failWith(message)).rejects.toMatchObject({ name: "Error", message });
  },
);

test("requests cross the border as JSON", async () => {
  let seen = "";
  const readSource = (options: string): Promise<string> => {
    seen = options;
    return Promise.resolve("{}");
  };
  await wrapAddon(() => ({
    readTracefs: readSource,
    readBtf: readSource,
    readSource,
    readChange: readSource,
  })).readSource({
    ...REQUEST,
    config: "CONFIG_SMP=y",
  });
  expect(JSON.parse(seen)).toEqual({ ...REQUEST, config: "CONFIG_SMP=y" });
});
