// Runs when npm installs the package: where no prebuilt addon came along, builds it from the sources shipped.
// Never fails the installation: what needs no addon, such as comparing shipped kernels, works without one.

import { spawnSync } from "node:child_process";
import { copyFileSync, existsSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const LIBRARY = { darwin: "libtpabi_binding.dylib", linux: "libtpabi_binding.so" }[process.platform];

/** As napi names platforms. */
const platform = `${process.platform}-${process.arch}${process.platform === "linux" ? (isMusl() ? "-musl" : "-gnu") : ""}`;
const addon = `${ROOT}native/tpabi.${platform}.node`;

// A checkout builds its own (scripts/bootstrap.mjs).
if (!existsSync(`${ROOT}src`) && !isPrebuilt() && !existsSync(addon)) build();

function isPrebuilt() {
  try {
    createRequire(import.meta.url).resolve(`@tpabi/native-${platform}`);
    return true;
  } catch {
    return false;
  }
}

function isMusl() {
  return !process.report.getReport().header.glibcVersionRuntime;
}

function build() {
  const without = "without it, tpabi compares shipped and saved kernels only";
  if (LIBRARY === undefined || spawnSync("cargo", ["--version"]).status !== 0) {
    console.error(`tpabi: no prebuilt addon for ${platform}, and no Rust to build it with; ${without}`);
    console.error("help: install Rust and gcc, then run `npm rebuild tpabi`");
    return;
  }
  console.error(`tpabi: no prebuilt addon for ${platform}; building it (a minute or two)`);
  const args = ["build", "--release", "--locked", "--manifest-path", `${ROOT}native/binding/Cargo.toml`];
  const target = `${ROOT}native/target`;
  const { status } = spawnSync("cargo", [...args, "--target-dir", target], {
    stdio: ["ignore", "inherit", "inherit"],
    // A library for Node cannot bring its own C library along.
    env: { ...process.env, ...(isMusl() && { RUSTFLAGS: "-Ctarget-feature=-crt-static" }) },
  });
  if (status === 0) copyFileSync(`${target}/release/${LIBRARY}`, addon);
  else
    console.error(
      `tpabi: the addon could not be built; ${without}\nhelp: see the output above, then \`npm rebuild tpabi\``,
    );
  // Hundreds of megabytes that nobody needs once there is an addon.
  rmSync(target, { recursive: true, force: true });
}
