// Choices that look random and are the same on every run. Invariant: whoever names a seed gets the same choices again.

/** Gives numbers below a bound. */
export type Next = (bound: number) => number;

/** A generator of numbers (mulberry32). */
export function numbers(seed: number): Next {
  let state = seed;
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound;
  };
}

/** One of several things. */
export function pick<T>(items: readonly T[], next: Next): T {
  return items[next(items.length)] as T;
}

/** The same things in another order. */
export function shuffle<T>(items: readonly T[], next: Next): readonly T[] {
  return items
    .map((item) => ({ item, key: next(1_000_000) }))
    .toSorted((one, other) => one.key - other.key)
    .map(({ item }) => item);
}
