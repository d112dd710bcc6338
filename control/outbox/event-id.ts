import type { Ids } from '../ports.ts';

/** An event's id, a UUID as everywhere on EventBridge, which follows from what happened. */
export function eventId({ ids }: { readonly ids: Ids }, ...parts: readonly (string | number)[]): string {
  const hex = ids.derive('event', ...parts);
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
