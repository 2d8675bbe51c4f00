// Names of architectures. Invariant: a name in the list is how the rest of tpabi calls the architecture.

/** Architectures whose layout tpabi can compute. */
export const ARCHES: readonly string[] = ["x86_64", "i386", "arm64", "arm", "riscv64", "s390x", "ppc64le"];

/** Other names that people have for them. */
const ALIASES: Readonly<Record<string, string>> = { amd64: "x86_64", x86: "i386", i686: "i386", aarch64: "arm64" };

/** The architecture of a name, if tpabi knows it. */
export function findArch(name: string): string | undefined {
  return ARCHES.find((arch) => arch === (ALIASES[name] ?? name));
}
