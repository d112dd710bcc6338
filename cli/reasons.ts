import type { PlacementExplanation } from './explanation.ts';

/** "RESOURCE:CPU on 2 of 3, ..." with the commonest reason first; empty when nothing was rejected. */
export function reasonsText({
  considered,
  rejections,
}: Pick<PlacementExplanation, 'considered' | 'rejections'>): string {
  const counts = new Map<string, number>();
  for (const { reason } of rejections) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .map(([reason, count]) => `${reason} on ${count} of ${considered}`)
    .join(', ');
}
