// A short stable name for a finding, from the facts that make it the same finding in another run.
// Invariant: depends on its parts alone: no line numbers, no other findings.

const ENCODER = new TextEncoder();

/** 64 bits of FNV-1a over the parts, as 16 hexadecimal digits. */
export function fingerprint(parts: readonly string[]): string {
  // As two halves of 32 bits, since numbers multiply many times faster than bigints do. The prime is 2^40 + 0x1b3.
  let high = 0xcbf29ce4;
  let low = 0x84222325;
  for (const byte of ENCODER.encode(parts.join("\0"))) {
    low = (low ^ byte) >>> 0;
    const product = low * 0x1b3;
    high = (Math.imul(high, 0x1b3) + Math.floor(product / 2 ** 32) + (low << 8)) >>> 0;
    low = product >>> 0;
  }
  return high.toString(16).padStart(8, "0") + low.toString(16).padStart(8, "0");
}
