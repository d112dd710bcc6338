import { type Key, MAX_TRANSACTION_WRITES, type Write } from '#control/ports.ts';

/** NUL cannot start a sort key, so the joined text is unique per key. */
export const keyText = (key: Key): string => `${key.pk}\u0000${key.sk}`;

/**
 * Refuses what no store can commit: such a call is a mistake in the program, not a conflict.
 * Throws TypeError.
 */
export function assertWrites(writes: readonly Write[]): void {
  if (writes.length < 1 || writes.length > MAX_TRANSACTION_WRITES) {
    throw new TypeError(`a transaction has 1 to ${MAX_TRANSACTION_WRITES} writes, not ${writes.length}`);
  }
  const seen = new Set<string>();
  for (const write of writes) {
    assertKey(write.key);
    if (write.kind === 'put' && write.body.index) assertKey(write.body.index);
    seen.add(keyText(write.key));
  }
  if (seen.size !== writes.length) throw new TypeError('a transaction names the same key twice');
}

function assertKey(key: Key): void {
  if (key.pk === '' || key.sk === '') throw new TypeError('a key has no empty part');
}
