// Until when something is accepted. Invariant: no clock here; who asks says which day it is.

import { parseVersion, seriesOf } from "../snapshot/version.ts";

/** Whether a text is a day of the calendar, such as `2027-01-31`. */
function isDay(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}

/** Whether a text is a day or a kernel until which something can hold. */
export function isUntil(text: string): boolean {
  return isDay(text) || parseVersion(text) !== undefined;
}

/**
 * Whether what holds until a day or a kernel is past, on a day and for a kernel. The last day and the last kernel are
 * still in; `6.18` is all of 6.18.y. What is not known (no day, a kernel without a version) is not past.
 */
export function isPast(until: string, today: string | undefined, kernel: string): boolean {
  if (isDay(until)) return today !== undefined && today > until;
  const last = parseVersion(until);
  const current = parseVersion(kernel);
  if (last === undefined || current === undefined) return false;
  const isSeries = /^v?\d+\.\d+$/.test(until.trim());
  return isSeries && seriesOf(last) === seriesOf(current) ? false : current.compare(last) > 0;
}
