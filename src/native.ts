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
}

/** What to read of BTF apart from what concerns tracepoints. */
export interface BtfOptions {
  /** Enum constants whose values are asked for; a kernel has some 50,000. */
  readonly symbols?: readonly string[];
}

export type OnProgress = (done: number, total: number, what: string) => void;

interface Addon {
  readTracefs(path: string): Promise<string>;
  readBtf(path: string, optionsJson: string): Promise<string>;
  readSource(optionsJson: string, onProgress?: OnProgress): Promise<string>;
}

/** The addon, loaded at the first call. */
export const native: Native = wrapAddon(loadAddon);

/** Gives an addon the types and the errors of this project. */
export function wrapAddon(load: () => Addon): Native {
  return {
    readTracefs: (path) => rewrapErrors(() => load().readTracefs(path)),
    readBtf: (path, options) => rewrapErrors(() => load().readBtf(path, JSON.stringify(options))),
    readSource: (request, onProgress) => rewrapErrors(() => load().readSource(JSON.stringify(request), onProgress)),
  };
}

let loaded: Addon | undefined;

function loadAddon(): Addon {
  loaded ??= requireAddon();
  return loaded;
}

/** The package for this platform if one is installed, else the addon that a checkout has built. */
function requireAddon(): Addon {
  const require = createRequire(import.meta.url);
  const packages = platformNames().map((platform) => `@tpabi/native-${platform}`);
  // The bundled command line lies one folder deeper than the library.
  const files = platformNames().flatMap((platform) =>
    ["..", "../.."].map((up) => `${up}/native/tpabi.${platform}.node`),
  );
  for (const place of [...packages, ...files]) {
    try {
      return require(place) as Addon;
    } catch (error) {
      if ((error as { code?: unknown }).code !== "MODULE_NOT_FOUND") {
        throw new ToolError("native-missing", `cannot load the native addon ${place}: ${messageOf(error)}`, {
          cause: error,
        });
      }
    }
  }
  throw new ToolError("native-missing", `no native addon for ${process.platform}-${process.arch}`);
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
