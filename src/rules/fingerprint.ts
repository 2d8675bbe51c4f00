// A short stable name for a finding, from the facts that make it the same finding in another run.
// Invariant: depends on its parts alone: no line numbers, no other findings.

/** 64 bits of FNV-1a over the parts, as 16 hexadecimal digits. */
export function fingerprint(parts: readonly string[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(parts.join("\0"))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  }
  return hash.toString(16).padStart(16, "0");
}
