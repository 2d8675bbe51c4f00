// The BTF of a kernel: arguments of tracepoints and records of event classes, as BPF programs are checked against them.

import { native } from "../native.ts";
import { decodeOwn } from "../snapshot/codec.ts";
import type { Snapshot } from "../snapshot/model.ts";
import type { ReadOptions, Reader } from "./reader.ts";

const DEFAULT_BTF = "/sys/kernel/btf";

export const btfReader: Reader = {
  spelling: "btf:PATH",
  meaning: `a directory of BTF, a BTF blob, a vmlinux or module, also packed or in a .tar (default: ${DEFAULT_BTF})`,
  prefix: "btf:",
  claims: () => false,
  read: readBtf,
};

async function readBtf(path: string, options: ReadOptions): Promise<Snapshot> {
  const request = options.symbols === undefined ? {} : { symbols: options.symbols };
  const text = await (options.native ?? native).readBtf(path || DEFAULT_BTF, request);
  return decodeOwn(text);
}
