// Completes package-lock.json after `npm install` against a registry that does not serve every optional binary package.
// `npm ci` refuses a lockfile that leaves out an optional package of any platform, even one that it would never install.
// The added entries name the version and the platform; what their registry served of them, npm had already written.

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const PATH = fileURLToPath(new URL("../package-lock.json", import.meta.url));

/** The platform at the end of a package's name: `linux-arm64-musl`, `win32-x64-msvc`, `wasm32-wasi`. */
const PLATFORM =
  /(?:(?<os>aix|android|darwin|freebsd|linux|openharmony|sunos|win32)-(?<cpu>[a-z0-9]+)|(?<wasm>wasm32))(?:-(?<abi>[a-z0-9]+))?$/;

const lock = JSON.parse(readFileSync(PATH, "utf8"));
for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    const key = `node_modules/${name}`;
    const platform = PLATFORM.exec(name)?.groups;
    if (!platform || Object.keys(lock.packages).some((path) => path.endsWith(key))) continue;
    const { os, cpu, wasm, abi } = platform;
    const libc = os !== "linux" ? [] : abi?.startsWith("musl") ? ["musl"] : ["glibc"];
    lock.packages[key] = {
      version,
      cpu: [wasm ?? cpu],
      ...(parent.dev && { dev: true }),
      ...(libc.length > 0 && { libc }),
      optional: true,
      ...(os && { os: [os] }),
    };
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en")));
writeFileSync(PATH, `${JSON.stringify(lock, null, 2)}\n`);
