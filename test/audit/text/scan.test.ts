// Texts of several languages and the tokens in them.

import { describe, expect, test } from "@jest/globals";

import { C, type Dialect, GO, PERL, PYTHON, RUST, type Token, tokenize } from "../../../src/audit/text/scan.ts";

const MARKS: Readonly<Record<Token["kind"], string>> = { word: "", number: "", punct: "", string: "'", directive: "%" };

const TEXTS: readonly (readonly [string, Dialect, string, readonly string[]])[] = [
  ["C", C, 'f("a\\"b", \'c\', 0x1f) // "x"\n/* y */->', ["f", "(", "'a\"b", ",", "'c", ",", "0x1f", ")", "->"]],
  ["C directives", C, "#if A /* b */ && \\\n  C // d\nx # y", ["%#if A   &&    C", "x", "#", "y"]],
  ["C++ raw strings", C, 'R"x(a")" b)x" u8"c" L\'d\'', ['\'a")" b', "'c", "'d"]],
  ["a string that is not closed", C, '"a\nb', ["'a", "b"]],
  ["a comment that is not closed", C, "a /* b\nc", ["a"]],
  ["Go", GO, 'x := `a\n"b"` + "c"', ["x", ":=", '\'a\n"b"', "+", "'c"]],
  [
    "Rust",
    RUST,
    "&'a str 'b' '\\n' r#\"c\"d\"# b\"e\" /* f /* g */ h */ i",
    ["&", "'", "a", "str", "'b", "'\\n", "'c\"d", "'e", "i"],
  ],
  ["Python", PYTHON, "x = f'a' # b\n'''c\n\"d'''", ["x", "=", "'a", "'c\n\"d"]],
  ["Perl", PERL, "$x = $#y; # z\n@a = `b`", ["$x", "=", "$", "#", "y", ";", "@a", "=", "'b"]],
];

describe("tokenize", () => {
  test.each(TEXTS)("%s", (_, dialect, text, expected) => {
    expect(tokenize(text, dialect).map((token) => MARKS[token.kind] + token.text)).toEqual(expected);
  });
});
