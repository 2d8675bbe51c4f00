// Reads compiled BPF: object files, and objects within executables, skeleton headers and other source. Invariant: nothing is
// linked or loaded; a compiled object has no lines, so its uses have line 0.

import { nativeBpf } from "../../native.ts";
import { collector } from "../collect.ts";
import type { UseReader } from "../reader.ts";
import { collectBpfFacts } from "./bpf-facts.ts";

const ELF = [0x7f, 0x45, 0x4c, 0x46];
/** `e_machine` of an ELF file for BPF, little-endian. */
const MACHINE_AT = 18;
const EM_BPF = 247;

/** How source text writes the first bytes of an object down: libbpf's and bpf2go's skeletons, xxd, Rust. */
const SPELLINGS = ["\\x7f\\x45\\x4c\\x46", "\\x7fELF", "\\177ELF", "0x7f, 0x45, 0x4c, 0x46", "127, 69, 76, 70"];

export const bpfObject: UseReader = {
  id: "bpf-object",
  title: "compiled BPF programs: .bpf.o, skeletons, executables that carry them",
  claims: (file) =>
    startsAsElf(file.bytes, 0)
      ? carriesBpf(file.bytes)
      : file.text !== "" && SPELLINGS.some((spelling) => file.text.includes(spelling)),
  read: (file) => {
    const out = collector("bpf-object", file);
    collectBpfFacts(nativeBpf.readBpfObjects(file.bytes), out);
    return out.found();
  },
};

function startsAsElf(bytes: Uint8Array, at: number): boolean {
  return ELF.every((byte, index) => bytes[at + index] === byte);
}

/** Whether an ELF file for BPF begins somewhere in an ELF file. */
function carriesBpf(bytes: Uint8Array): boolean {
  for (let at = 0; at >= 0; at = bytes.indexOf(ELF[0]!, at + 1)) {
    if (bytes[at + MACHINE_AT] === EM_BPF && startsAsElf(bytes, at)) return true;
  }
  return false;
}
