// Makes data/consumers.json from Debian's packages: what real tools use of tracepoints, and where in them that was seen.
// `npm run consumers [TOOL...]`; a tool that cannot be had stays in the index as it was, and the exit status is 1.

import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { availableVersion, fetchPackage, fetchSource, fetchUpstream, run } from "./debian.mjs";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const INDEX = join(ROOT, "data/consumers.json");

/**
 * Where each tool comes from, and what of that is the tool: tests and examples are not. Binary packages do where they hold
 * scripts, sources or BPF objects; of programs that read records in user space only the source tells what they use.
 */
const TOOLS = [
  { tool: "bcc", upstream: "bpfcc", paths: ["tools"] },
  { tool: "libbpf-tools", upstream: "bpfcc", paths: ["libbpf-tools"] },
  { tool: "bpftrace", upstream: "bpftrace", paths: ["tools"] },
  { tool: "perf", kernel: "linux-source-6.1", paths: ["tools/perf"] },
  { tool: "rasdaemon", upstream: "rasdaemon", paths: ["."] },
  { tool: "powertop", upstream: "powertop", paths: ["src"] },
  { tool: "trace-cmd", upstream: "trace-cmd", paths: ["lib", "tracecmd", "python"] },
  { tool: "libtraceevent", upstream: "libtraceevent", paths: ["plugins"] },
  { tool: "lttng-modules", binary: "lttng-modules-dkms", paths: ["usr/src"] },
  { tool: "falco", binary: "falcosecurity-scap-dkms", paths: ["usr/src"] },
  { tool: "perf-tools", binary: "perf-tools-unstable", paths: ["usr"] },
  { tool: "pcp", binary: "pcp", paths: ["var", "usr"] },
];

/** The directory of a tool's files, and their version. */
function fetch({ upstream, kernel, binary }) {
  if (upstream !== undefined) return fetchUpstream(upstream);
  const version = availableVersion(kernel ?? binary, "");
  return { directory: kernel ? fetchSource(kernel, version) : fetchPackage(binary, version), version };
}

const wanted = process.argv.slice(2);
for (const entry of TOOLS.filter(({ tool }) => wanted.length === 0 || wanted.includes(tool))) {
  const { tool, upstream, kernel, binary, paths } = entry;
  try {
    const { directory, version } = fetch(entry);
    const named = ["--tool", tool, "--tool-version", version, "--source", upstream ?? kernel ?? binary];
    console.log(`${tool} ${version}`);
    run("node", [join(ROOT, "dist/cli/main.js"), "audit", ...paths, "--index", INDEX, ...named], {
      cwd: directory,
      stdio: ["ignore", "inherit", "inherit"],
    });
  } catch (error) {
    console.error(`${tool} cannot be had: ${error.message}`);
    process.exitCode = 1;
  }
}
