/** The value below which a share `at` (0 to 1) of the samples lies, by nearest rank. Throws without samples. */
export function percentile(samples: readonly number[], at: number): number {
  const sorted = samples.toSorted((left, right) => left - right);
  const value = sorted[Math.max(0, Math.ceil(at * sorted.length) - 1)];
  if (value === undefined) throw new Error('no samples');
  return value;
}

export const median = (samples: readonly number[]): number => percentile(samples, 0.5);

/** "smallest to largest", for the notes. */
export const spread = (samples: readonly number[]): string =>
  `${shortNumber(Math.min(...samples))} to ${shortNumber(Math.max(...samples))}`;

/** Three significant digits where that matters, whole numbers above 100. */
export const shortNumber = (value: number): string => {
  if (!Number.isFinite(value)) return '-';
  if (Math.abs(value) >= 100) return Math.round(value).toLocaleString('en-US');
  return String(Number(value.toPrecision(3)));
};
