/** The kubelet's pace: 10 s that double up to 300 s, and a run of 10 minutes makes everything well again. */
const FIRST_MS = 10_000;
const MAX_MS = 300_000;
const WELL_MS = 600_000;

/** Milliseconds to wait after so many failures in a row, the newest one counted. */
export const retryDelay = (failures: number): number =>
  failures < 1 ? 0 : Math.min(MAX_MS, FIRST_MS * 2 ** Math.min(failures - 1, 10));

/** What the end of a run means for the next one. Its first restart waits for nothing, as the kubelet's does not. */
export function afterRun(crashes: number, ranMs: number): { readonly crashes: number; readonly delay: number } {
  const before = ranMs >= WELL_MS ? 0 : crashes;
  return { crashes: before + 1, delay: retryDelay(before) };
}
