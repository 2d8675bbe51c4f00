// How kernels are spelled, for the help texts: made from the readers themselves, so it cannot differ from what they do.

import { READERS } from "../sources/source.ts";

const WIDTH = Math.max(...READERS.map(({ spelling }) => spelling.length));

export const KERNEL_HELP = `
Kernels (the same in every command):
${READERS.map(({ spelling, meaning }) => `  ${spelling.padEnd(WIDTH)}  ${meaning}`).join("\n")}

A prefix always decides: ${READERS.map(({ prefix }) => prefix).join(" ")}
Without a prefix, the first that fits: a name that ends in .json is a saved snapshot; with --repo, everything that does
not begin with /, ./ or ../ is a revision; a version is a shipped kernel; anything else is a source tree.
Sources of one kernel are joined with +: v6.12.117+tracefs:dump.tar.xz+btf:vmlinux. All but the first need their prefix;
a + that no prefix follows belongs to the name.
`;
