import { slotName } from './service-snapshot.ts';
import { type Sites, zoneOf } from './sites.ts';
import type { PlacedSlot } from './slots.ts';

export interface ZoneCount {
  readonly zone: string;
  readonly tasks: number;
}

/** How many of these tasks each of the cluster's zones holds, in order of their names. */
export function zoneCounts(wanted: readonly PlacedSlot[], { tasks, zones }: Sites): readonly ZoneCount[] {
  const counts = new Map(zones.map((zone) => [zone, 0]));
  for (const slot of wanted) {
    const at = tasks.get(slotName(slot));
    if (at) counts.set(zoneOf(at.site), (counts.get(zoneOf(at.site)) ?? 0) + 1);
  }
  return [...counts].map(([zone, count]) => ({ zone, tasks: count })).sort((a, b) => (a.zone < b.zone ? -1 : 1));
}

export const mostIn = (counts: readonly ZoneCount[]): number => Math.max(0, ...counts.map(({ tasks }) => tasks));

export const countIn = (counts: readonly ZoneCount[], name: string): number =>
  counts.find(({ zone }) => zone === name)?.tasks ?? 0;

/** True when a zone of so few tasks may take one from the fullest without becoming the fuller one. */
export const isUneven = (counts: readonly ZoneCount[], few: number): boolean => mostIn(counts) - few >= 2;

/** True when no two zones differ by more than one task. */
export const isEven = (counts: readonly ZoneCount[]): boolean => counts.every(({ tasks }) => !isUneven(counts, tasks));
