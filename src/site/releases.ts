// Lists of kernels as short text: runs of their places, such as `0-12 40`. Invariant: ascending, each place once.

/** The text of ascending places. */
export function encodeReleases(places: readonly number[]): string {
  const runs: string[] = [];
  for (let start = 0; start < places.length;) {
    const first = places[start] as number;
    let end = start + 1;
    while (places[end] === first + end - start) end++;
    runs.push(end - start === 1 ? `${first}` : `${first}-${places[end - 1]}`);
    start = end;
  }
  return runs.join(" ");
}

/** The places in such a text. */
export function decodeReleases(text: string): readonly number[] {
  return runsOf(text).flatMap(([first, last]) => Array.from({ length: last - first + 1 }, (_, index) => first + index));
}

/** Whether a place is in such a text. */
export function hasRelease(text: string, place: number): boolean {
  return runsOf(text).some(([first, last]) => first <= place && place <= last);
}

function runsOf(text: string): readonly (readonly [number, number])[] {
  return text === ""
    ? []
    : text.split(" ").map((run) => {
        const [first = "", last = first] = run.split("-");
        return [Number(first), Number(last)];
      });
}
