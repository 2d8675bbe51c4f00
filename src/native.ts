// The only file that loads the native addon. Failures of the addon come out as ToolError; anything else it throws is a bug.

import { createRequire } from "node:module";

import { isErrorCode, ToolError } from "./errors.ts";

/** Reads kernels; the addon in production, a stand-in in tests. Each function resolves to the JSON text of a snapshot. */
export interface Native {
  /** A tracefs directory, or an archive of one. */
  readTracefs(path: string): Promise<string>;
  /** BTF: a blob, a directory such as /sys/kernel/btf, an ELF file with a .BTF section, or any of these packed. */
  readBtf(path: string, options: BtfOptions): Promise<string>;
  /** Kernel source: a directory, or a revision of a git repository. */
  readSource(request: SourceRequest, onProgress?: OnProgress): Promise<string>;
  /**
   * Both sides of a change as far as it can matter: a JSON array with `{"before", "after"}` for each target, each with
   * `snapshot` and `causes`, or null where the change touches nothing that an event depends on.
   */
  readChange(request: ChangeRequest, onProgress?: OnProgress): Promise<string>;
}

/** Which change to read: two revisions of a git repository. */
export interface ChangeRequest {
  readonly path: string;
  readonly before: string;
  readonly after: string;
  /** Architectures, each with the text of a .config to evaluate conditions with. */
  readonly targets: readonly { readonly arch: string; readonly config?: string }[];
  /** Go on without files that the clone lacks; else that is a failure. */
  readonly partial?: boolean;
  readonly cacheDir: string | null;
}

/** The addon, for successive kernels: source is read one kernel at a time, and stays in memory until the session is closed. */
export interface SourceSession extends Native {
  close(): void;
}

/** Which kernel source to read, and how. */
export interface SourceRequest {
  readonly kind: "git" | "tree";
  /** The repository or the tree. */
  readonly path: string;
  readonly rev?: string;
  readonly arch: string;
  /** Text of a kernel's .config; conditions are evaluated with it. */
  readonly config?: string;
  /** Where parsed files are kept between runs; null keeps nothing. */
  readonly cacheDir: string | null;
  /** The caller keeps the snapshot, so that the cache need not. */
  readonly isKept?: boolean;
}

/** What to read of BTF apart from what concerns tracepoints. */
export interface BtfOptions {
  /** Enum constants whose values are asked for; a kernel has some 50,000. */
  readonly symbols?: readonly string[];
}

/** Reads BPF programs. Each function gives the JSON text of `BpfFacts` (`src/audit/readers/bpf-facts.ts`), at once. */
export interface NativeBpf {
  /** BPF C, also that of bcc, with the headers of its tool. */
  readBpfC(request: BpfCRequest): string;
  /** Compiled objects: the file itself, those that an executable carries, those written down in a skeleton header. */
  readBpfObjects(bytes: Uint8Array): string;
}

/** A file of BPF C and what it includes. */
export interface BpfCRequest {
  readonly file: string;
  /** Texts by path: the file, and those that it includes. */
  readonly texts: Readonly<Record<string, string>>;
  /** What `#include "name"` in `from` means: from, name, path. */
  readonly includes: readonly (readonly [string, string, string])[];
  /** Functions that something outside of the file attaches. */
  readonly attached?: readonly {
    readonly function: string;
    readonly attach: "tp" | "raw_tp" | "tp_btf";
    readonly system?: string;
    readonly event: string;
  }[];
  /** What is known where a variable is true that the loader sets before loading, by name; as `Guard` in `src/audit/use.ts`. */
  readonly loaderSets?: Readonly<Record<string, object>>;
}

export type OnProgress = (done: number, total: number, what: string) => void;

interface Addon {
  readTracefs(path: string): Promise<string>;
  readBtf(path: string, optionsJson: string): Promise<string>;
  readSource(optionsJson: string, onProgress?: OnProgress): Promise<string>;
  readChange(optionsJson: string, onProgress?: OnProgress): Promise<string>;
}

interface BpfAddon {
  readBpfC(requestJson: string): string;
  readBpfObjects(bytes: Uint8Array): string;
}

interface HistoryAddon {
  listTags(path: string): Promise<string>;
  SourceSession: new () => { read: Addon["readSource"]; close: () => void };
}

type FullAddon = Addon & BpfAddon & HistoryAddon;

/** The BPF readers of the addon, which is loaded at the first call. */
export const nativeBpf: NativeBpf = {
  readBpfC: (request) => rewrapThrown(() => loadAddon().readBpfC(JSON.stringify(request))),
  readBpfObjects: (bytes) => rewrapThrown(() => loadAddon().readBpfObjects(bytes)),
};

/** The addon, loaded at the first call. */
export const native: Native = wrapAddon(loadAddon);

/** Gives an addon the types and the errors of this project. */
export function wrapAddon(load: () => Addon): Native {
  return {
    readTracefs: (path) => rewrapErrors(() => load().readTracefs(path)),
    readBtf: (path, options) => rewrapErrors(() => load().readBtf(path, JSON.stringify(options))),
    readSource: (request, onProgress) => rewrapErrors(() => load().readSource(JSON.stringify(request), onProgress)),
    readChange: (request, onProgress) => rewrapErrors(() => load().readChange(JSON.stringify(request), onProgress)),
  };
}

/** Begins to read successive kernels, each distinct file of them once. */
export function openSession(): SourceSession {
  const session = new (loadAddon().SourceSession)();
  return {
    ...native,
    readSource: (request, onProgress) => rewrapErrors(() => session.read(JSON.stringify(request), onProgress)),
    close: () => session.close(),
  };
}

/** The names of all tags of a git repository, sorted. */
export async function listTags(path: string): Promise<readonly string[]> {
  return JSON.parse(await rewrapErrors(() => loadAddon().listTags(path))) as readonly string[];
}

let loaded: FullAddon | undefined;

function loadAddon(): FullAddon {
  loaded ??= requireAddon();
  return loaded;
}

/** The package for this platform if one is installed, else the addon that a checkout has built. */
function requireAddon(): FullAddon {
  const require = createRequire(import.meta.url);
  const packages = platformNames().map((platform) => `@tpabi/native-${platform}`);
  // The bundled command line lies one folder deeper than the library.
  const files = platformNames().flatMap((platform) =>
    ["..", "../.."].map((up) => `${up}/native/tpabi.${platform}.node`),
  );
  // An old npm installs the packages of both C libraries, so one that does not load is no failure if another does.
  let failure: ToolError | undefined;
  for (const place of [...packages, ...files]) {
    try {
      return require(place) as FullAddon;
    } catch (cause) {
      if ((cause as { code?: unknown }).code === "MODULE_NOT_FOUND") continue;
      failure ??= new ToolError("native-missing", `cannot load the native addon ${place}: ${messageOf(cause)}`, {
        cause,
      });
    }
  }
  throw failure ?? new ToolError("native-missing", `no native addon for ${process.platform}-${process.arch}`);
}

/** As napi names platforms. Which C library it is takes Node longer to say than trying both names; npm installs one. */
function platformNames(): readonly string[] {
  const platform = `${process.platform}-${process.arch}`;
  return process.platform === "linux" ? [`${platform}-gnu`, `${platform}-musl`] : [platform];
}

async function rewrapErrors(call: () => Promise<string>): Promise<string> {
  try {
    return await call();
  } catch (error) {
    throw toToolError(error) ?? error;
  }
}

function rewrapThrown(call: () => string): string {
  try {
    return call();
  } catch (error) {
    throw toToolError(error) ?? error;
  }
}

/** An expected failure arrives as an Error whose message is `{"code", "message", "hint"?}` in JSON. */
function toToolError(error: unknown): ToolError | undefined {
  let detail: { code?: unknown; message?: unknown; hint?: unknown };
  try {
    detail = JSON.parse(messageOf(error)) as typeof detail;
  } catch {
    return undefined;
  }
  if (!isErrorCode(detail?.code) || typeof detail.message !== "string") return undefined;
  return new ToolError(detail.code, detail.message, {
    ...(typeof detail.hint === "string" && { hint: detail.hint }),
    cause: error,
  });
}

function messageOf(error: unknown): string {
  return String((error as { message?: unknown })?.message ?? error);
}
