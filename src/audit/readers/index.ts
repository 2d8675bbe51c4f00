// All readers of tools: the one list that the audit asks. Invariant: sorted by id; a file may be claimed by several.

import type { UseReader } from "../reader.ts";
import { bcc } from "./bcc.ts";
import { bpfC } from "./bpf-c.ts";
import { bpfObject } from "./bpf-object.ts";
import { bpftrace } from "./bpftrace.ts";
import { go } from "./go.ts";
import { kernelModule } from "./kernel-module.ts";
import { libtraceevent } from "./libtraceevent.ts";
import { perfScript } from "./perf-script.ts";
import { perfetto } from "./perfetto.ts";
import { rust } from "./rust.ts";
import { tetragon } from "./tetragon.ts";
import { tracefsShell } from "./tracefs-shell.ts";

export const readers: readonly UseReader[] = [
  bcc,
  bpfC,
  bpfObject,
  bpftrace,
  go,
  kernelModule,
  libtraceevent,
  perfScript,
  perfetto,
  rust,
  tetragon,
  tracefsShell,
];
