/**
 * How far a reader got. Entries are keyed by the time of whoever writes them, so one may be committed behind what was
 * read already. A reader therefore looks again at everything beyond `after` and remembers what of it it has seen.
 */
export interface OutboxCursor {
  /** Sort key: everything up to here was read, and nothing can come any more. */
  readonly after: string;
  /** Names of the entries beyond it that were read. */
  readonly seen: readonly string[];
}

export const OUTBOX_START: OutboxCursor = { after: '', seen: [] };

/** A cursor travels in a page token, which has a length: under more load than this it looks back less far. */
export const MAX_SEEN = 96;

/**
 * The cursor behind `keys`, the sort keys that a read beyond the old cursor found, in order. `settled` sorts before every
 * entry that may still be committed.
 */
export function cursorBehind(
  before: OutboxCursor,
  keys: readonly string[],
  settled: string,
  nameOf: (sortKey: string) => string,
): OutboxCursor {
  const open = keys.findIndex((key) => key >= settled);
  const first = Math.max(open < 0 ? keys.length : open, keys.length - MAX_SEEN);
  const names = keys.map(nameOf);
  const found = new Set(names);
  // A read that was cut short did not come as far as the one before it.
  const beyond = before.seen.filter((name) => !found.has(name));
  return { after: keys[first - 1] ?? before.after, seen: [...names.slice(first), ...beyond].slice(0, MAX_SEEN) };
}
