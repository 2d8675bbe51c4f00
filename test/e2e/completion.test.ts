// Completion as the shells themselves do it: bash always, zsh and fish where they are installed.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

import { bashScript, fishScript, zshScript } from "../../src/cli/completion-scripts.ts";
import { run, tpabi } from "./run.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const directory = mkdtempSync(join(tmpdir(), "tpabi-"));
const scripts = new Map<string, string>();
beforeAll(() => {
  // What the scripts ask for words while somebody types.
  const command = `#!/bin/sh\nexec '${process.execPath}' '${join(ROOT, "dist/cli/main.js")}' "$@"\n`;
  writeFileSync(join(directory, "tpabi"), command, { mode: 0o755 });
  process.env["PATH"] = `${directory}:${process.env["PATH"] ?? ""}`;
  for (const shell of ["bash", "zsh", "fish"]) {
    const file = join(directory, `completion.${shell}`);
    writeFileSync(file, tpabi("completion", shell).stdout);
    scripts.set(shell, file);
  }
});
afterAll(() => rmSync(directory, { recursive: true }));

/** Whether a shell is there to be asked; where it is not, says so. */
function isInstalled(shell: string): boolean {
  if (run(shell, ["--version"]).status === 0) return true;
  console.warn(`skipped: ${shell} is not installed`);
  return false;
}

function splitLines(text: string): readonly string[] {
  return text.split("\n").filter((line) => line !== "");
}

/** What bash offers at the end of a line; it splits words at colons and equals signs unless they are quoted. */
function bashOffers(line: string): readonly string[] {
  const words = line.split(/\s+/).flatMap((word) => (/^['"]/.test(word) ? [word] : word.split(/([:=]+)/)));
  const isInWord = words.length > 1 && words.at(-1) === "" && !/\s$/.test(line);
  const script = `source '${scripts.get("bash")}'
COMP_LINE=$1 COMP_POINT=\${#1}; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _tpabi; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { status, stdout, stderr } = run("bash", [
    "-c",
    script,
    "bash",
    line,
    ...(isInWord ? words.slice(0, -1) : words),
  ]);
  expect([status, stderr]).toEqual([0, ""]);
  return splitLines(stdout);
}

/** What fish offers, without descriptions. */
function fishOffers(line: string): readonly string[] {
  const { status, stdout } = run("fish", ["-c", `source '${scripts.get("fish")}'; complete -C "${line}"`]);
  expect(status).toBe(0);
  return splitLines(stdout).map((offer) => offer.replace(/\t.*/, ""));
}

/** What zsh makes of lines in which somebody presses the tabulator, in a terminal of its own. */
function zshCompletes(...lines: readonly string[]): readonly string[] {
  const script = `zmodload zsh/zpty
zpty t zsh -f -i
expect() { local got; while zpty -r t got; do print -r -- "$got"; [[ $got == *$1* ]] && return; done }
zpty -w t 'unsetopt zle_bracketed_paste; PS1= RPS1=; stty -echo cols 500; autoload -Uz compinit; compinit -u -D'
zpty -w t 'source ${scripts.get("zsh")}; setopt no_list_ambiguous no_always_last_prompt; print REA''DY'
expect READY > /dev/null
zpty -w t 'show() { print -r -- "GO""T<$BUFFER>"; BUFFER=; zle accept-line }; zle -N show; bindkey "^G" show'
for line; do zpty -w -n t "$line"$'\\t'$'\\a'; expect 'GOT<'; done
zpty -d t`;
  const { stdout } = run("zsh", ["-f", "-c", script, "zsh", ...lines]);
  return [...stdout.matchAll(/GOT<(.*?)\s*>/g)].map(([, line = ""]) => line);
}

describe("bash offers", () => {
  test("the commands first", () => {
    expect(bashOffers("tpabi ")).toEqual(expect.arrayContaining(["diff", "snapshot", "accept", "--help"]));
    expect(bashOffers("tpabi --debug expl")).toEqual(["explain"]);
  });

  test.each([
    ["tpabi diff --fo", ["--format"]],
    ["tpabi diff --format ma", ["markdown"]],
    ["tpabi diff --format=sa", ["sarif"]],
    ["tpabi diff --policy=", ["mainline", "stable", "strict"]],
    ["tpabi diff v6.1.192 --fail-on n", ["never"]],
    ["tpabi completion z", ["zsh"]],
    ["tpabi baseline v", ["verify", "v2.6.31"]],
    ["tpabi explain field-re", ["field-removed", "field-renamed"]],
    ["tpabi diff v6.1.192 v6.12.11", ["v6.12.111", "v6.12.113", "v6.12.115", "v6.12.117"]],
    ["tpabi diff running", ["running", "running-lts"]],
    // bash has split these words at the colon, and puts what it gets in the place of the last part.
    ["tpabi history sched:sched_swi", ["sched_switch"]],
    ["tpabi diff --event=sched:sched_swi", ["sched_switch"]],
    ["tpabi diff --event 'sched:sched_swi", ["sched:sched_switch"]],
  ])("at the end of '%s': %j", (line, expected) => {
    expect(bashOffers(line).slice(0, expected.length)).toEqual(expected);
  });

  test.each(["tpabi diff ./", "tpabi diff --config ", "tpabi diff --output html=", "tpabi audit "])(
    "files after '%s', which is to say nothing of its own",
    (line) => {
      expect(bashOffers(line)).toEqual([]);
    },
  );
});

test.each(["bash", "zsh", "fish"])("%s takes the script for one of its own", (shell) => {
  if (!isInstalled(shell)) return;
  const { status, stderr } = run(shell, ["-n", scripts.get(shell) ?? ""]);
  expect([status, stderr]).toEqual([0, ""]);
});

test("fish offers words with their meaning", () => {
  if (!isInstalled("fish")) return;
  const { stdout } = run("fish", ["-c", `source '${scripts.get("fish")}'; complete -C 'tpabi acc'`]);
  expect(stdout).toMatch(/^accept\tAccept findings/m);
  expect(fishOffers("tpabi diff --format sa")).toEqual(["sarif"]);
  expect(fishOffers("tpabi explain field-re")).toEqual(["field-removed", "field-renamed"]);
  expect(fishOffers("tpabi diff v6.12.10")).toEqual(["v6.12.107"]);
  expect(fishOffers("tpabi history sched:sched_swi")).toEqual(["sched:sched_switch"]);
  expect(fishOffers("tpabi diff ./tsconfig.js")).toEqual(["./tsconfig.json"]);
});

test("zsh completes words", () => {
  if (!isInstalled("zsh")) return;
  expect(
    zshCompletes(
      "tpabi acc",
      "tpabi diff --format sar",
      "tpabi explain field-rem",
      "tpabi diff v6.12.10",
      "tpabi history sched:sched_swi",
      "tpabi diff ./tsconfig.js",
    ),
  ).toEqual([
    "tpabi accept",
    "tpabi diff --format sarif",
    "tpabi explain field-removed",
    "tpabi diff v6.12.107",
    "tpabi history sched:sched_switch",
    "tpabi diff ./tsconfig.json",
  ]);
});

test("every command can be completed", () => {
  const [, list = ""] = /^Commands:\n((?: .*\n)+)/m.exec(tpabi("--help").stdout) ?? [];
  const commands = [...list.matchAll(/^ {2}([a-z]+)/gm)].map(([, name]) => name ?? "");
  expect(commands.length).toBeGreaterThan(5);
  expect(bashOffers("tpabi ")).toEqual(expect.arrayContaining(commands.filter((name) => name !== "help")));
});

test("words that cannot be found are none, and no error", () => {
  const file = join(directory, "kernels.json");
  writeFileSync(file, "no list");
  process.env["TPABI_BASELINES"] = directory;
  expect(tpabi("words", "kernels")).toEqual({ status: 0, stdout: "", stderr: "" });
  delete process.env["TPABI_BASELINES"];
});

test("descriptions cannot end their quotes", () => {
  const option = { name: "--x", description: "it's [a]: `b` $(c) \\", takesValue: true, values: { words: [] } };
  const words = {
    program: "demo",
    commands: [{ name: "one", description: "it's: two", values: { words: [] }, options: [option] }],
  };
  expect(zshScript(words)).toContain(`'*--x[it'\\''s \\[a\\]\\: \`b\` $(c) \\\\]:value:_files'`);
  expect(fishScript(words)).toContain(`-l x -r -d 'it\\'s [a]: \`b\` $(c) \\\\'`);
  expect(bashScript(words)).not.toContain("it's");
});

test("an unknown shell is refused", () => {
  const { status, stderr } = tpabi("completion", "csh");
  expect(status).toBe(2);
  expect(stderr).toContain("Allowed choices are bash, zsh, fish");
});
