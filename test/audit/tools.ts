// Runs tracing tools of this machine for about a second and says what became of them.

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { basename, join } from "node:path";

/** `ran`: it attached. `refused`: because of a tracepoint. `other`: it failed for a reason that is none of ours. */
export interface Run {
  readonly result: "ran" | "refused" | "other";
  /** What it said last. */
  readonly said: string;
}

/** What each kind of tool says where a tracepoint, a field or an argument is not as it expects. */
const REFUSALS: readonly RegExp[] = [
  /tracepoint not found|unknown tracepoint|No probes to attach/i,
  /'struct _tracepoint_\w+' does not contain a field named|has no field|Can not access field/,
  /Error attaching probe: '(?:raw)?tracepoint:/i,
  /Failed to attach BPF (?:program .* )?to (?:raw )?tracepoint/,
  /no member named '\w+' in 'struct (?:tracepoint__|trace_event_raw_)\w+'/,
  /failed to (?:auto-)?attach BPF programs?.*-(?:2|13|22)\b|libbpf: prog '\w+': failed to (?:attach|create tracepoint)/,
];

const SECOND = 1000;
/** How long a tool may take until it has attached: bcc compiles C. */
const START_MS = 40 * SECOND;
/** How long it is left alone after that: what it may not attach to, it says at once. */
const ALONE_MS = 1.2 * SECOND;

/** Starts a program, waits until it has said `started`, leaves it alone for a second and stops it. */
export function runTool(command: readonly string[], started: RegExp, env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const [program = "", ...args] = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env: { ...process.env, ...env, PYTHONUNBUFFERED: "1" },
      stdio: ["ignore", "pipe", "pipe"],
      // A group of its own, so that whatever the tool starts ends with it.
      detached: true,
    });
    let said = "";
    let stop: NodeJS.Timeout | undefined;
    let hasStarted = false;
    const limit = setTimeout(() => end(child), START_MS);
    const hear = (chunk: Buffer): void => {
      said = (said + chunk.toString()).slice(-20_000);
      if (stop !== undefined || !started.test(said)) return;
      hasStarted = true;
      stop = setTimeout(() => end(child), ALONE_MS);
    };
    let wasStopped = false;
    const end = (one: ChildProcess): void => {
      wasStopped = true;
      signal(one, "SIGINT");
      setTimeout(() => signal(one, "SIGKILL"), 3 * SECOND).unref();
    };
    child.stdout.on("data", hear);
    child.stderr.on("data", hear);
    child.on("error", (error) => resolve({ result: "other", said: error.message }));
    child.on("close", () => {
      clearTimeout(limit);
      clearTimeout(stop);
      const isRefused = REFUSALS.some((one) => one.test(said));
      // A tool that ends by itself has given up, whatever its exit status.
      const ran = hasStarted && wasStopped;
      resolve({ result: isRefused ? "refused" : ran ? "ran" : "other", said: lastLine(said) });
    });
  });
}

function signal({ pid }: ChildProcess, name: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, name);
  } catch {
    // It is gone already.
  }
}

function lastLine(text: string): string {
  return text.trim().split("\n").at(-1) ?? "";
}

/** A bpftrace script. It says `Attaching` before it does, and how that went right after. */
export function runBpftrace(script: string): Promise<Run> {
  return runTool(["bpftrace", script], /Attaching \d+ probe/);
}

/** A bcc tool, with the headers that it wants where it looks for them, and the machine left as it is. */
export function runBcc(tool: string, headers: readonly string[]): Promise<Run> {
  const links = headers.map(
    (path, index) => `ln -s ${path} /lib/modules/$(uname -r)/${index === 0 ? "build" : "source"}`,
  );
  const script = ["mount -t tmpfs none /lib/modules", "mkdir /lib/modules/$(uname -r)", ...links, 'exec "$0"'].join(
    " && ",
  );
  return runTool(["unshare", "-m", "sh", "-c", script, tool], /^(?!.*(?:warning|Warn|note:|In file|from )).*\S.*\n/m);
}

/** Headers of any kernel that Debian has: bcc needs some, and takes formats of events from the running kernel. */
export function findHeaders(): readonly string[] | undefined {
  const names = existsSync("/usr/src") ? readdirSync("/usr/src").sort() : [];
  const common = names.findLast((name) => /^linux-headers-.*-common$/.test(name));
  const build = common === undefined ? undefined : names.find((name) => name === common.replace(/common$/, "amd64"));
  return common === undefined || build === undefined
    ? undefined
    : [build, common].map((name) => join("/usr/src", name));
}

/** Tools of a kind that are installed, by name. */
export function installed(pattern: RegExp): readonly string[] {
  const directory = "/usr/sbin";
  return readdirSync(directory)
    .filter((name) => pattern.test(name))
    .map((name) => join(directory, name))
    .sort((one, other) => (basename(one) < basename(other) ? -1 : 1));
}

/** Why nothing can be run on this machine. */
export function whyNot(): string | undefined {
  if (process.getuid?.() !== 0) return "not root";
  if (!existsSync("/sys/kernel/btf/vmlinux")) return "no /sys/kernel/btf/vmlinux";
  if (!existsSync("/sys/kernel/tracing/events")) return "no tracefs at /sys/kernel/tracing";
  const { status, error } = spawnSync("bpftrace", ["-e", "BEGIN { exit(); }"]);
  if (error !== undefined) return "no bpftrace";
  return status === 0 ? undefined : "bpftrace cannot load a program";
}
