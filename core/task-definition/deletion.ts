/** Requests that saw the revision while it could still be used are over by then. */
const REQUEST_MS = 60_000;
/** A power of two of the minute, so that no look falls between two steps. */
const LONGEST_MS = 32 * REQUEST_MS;

/**
 * Whether a sweep looks after a revision that was asked to be deleted this long ago, when sweeps come `every` ms: a
 * minute after the request, then whenever the time it has waited has doubled, and at least every 32 minutes.
 */
export function isDeletionDue(age: number, every: number): boolean {
  if (age < REQUEST_MS) return false;
  const step = Math.min(LONGEST_MS, REQUEST_MS * 2 ** Math.floor(Math.log2(age / REQUEST_MS)));
  return Math.floor(age / step) > Math.floor((age - every) / step);
}
