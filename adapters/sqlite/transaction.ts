import type { CommitOutcome, Expectation, Item, Key, Write, WriteConflict } from '#control/ports.ts';
import { versionAfter } from '../store/version-after.ts';
import type { ChangeRecorder } from './change-recorder.ts';
import { decodeRow, encodeRow, type ItemRow } from './item-row.ts';
import type { ItemTable } from './item-table.ts';

/** A write with its row already encoded, so that a value the caller changes later is not what gets stored. */
interface PreparedWrite {
  readonly key: Key;
  readonly expect: Expectation;
  readonly kind: Write['kind'];
  /** Present for a put. */
  readonly row?: ItemRow;
}

export function prepareWrite(write: Write): PreparedWrite {
  const { key, expect, kind } = write;
  return kind === 'put'
    ? { key, expect, kind, row: encodeRow(key, versionAfter(expect), write.body) }
    : { key, expect, kind };
}

export interface Tables {
  readonly items: ItemTable;
  readonly changes: ChangeRecorder;
}

/**
 * Checks every condition against what stands, then applies all writes or none.
 * Checking first means that a conflict leaves nothing to undo, so it costs its neighbours in the same commit nothing.
 */
export function applyWrites(tables: Tables, writes: readonly PreparedWrite[]): CommitOutcome {
  const conflicts = writes.flatMap((write, position) => conflictOf(tables.items, write, position));
  if (conflicts.length > 0) return { kind: 'conflict', conflicts };
  for (const write of writes) applyWrite(tables, write);
  return { kind: 'committed' };
}

function conflictOf(items: ItemTable, { key, expect }: PreparedWrite, write: number): readonly WriteConflict[] {
  const stands = items.version(key) ?? 'absent';
  if (stands === expect) return [];
  const current = items.get(key);
  return [{ write, reason: 'condition', ...(current && { current }) }];
}

function applyWrite(tables: Tables, { key, kind, expect, row }: PreparedWrite): void {
  if (kind === 'check') return;
  if (tables.changes.wants(row)) {
    const old = expect === 'absent' ? undefined : tables.items.get(key);
    tables.changes.append(key, old, row && decodeRow(row));
  }
  if (!row) tables.items.delete(key);
  else if (expect === 'absent') tables.items.insert(row);
  else tables.items.update(row);
}

/** Deletes what expired, as DynamoDB's time to live does. Returns how many. */
export function applyExpiry({ items, changes }: Tables, now: number): number {
  const expired: readonly Item[] = items.expired(now);
  for (const item of expired) {
    if (changes.wants(undefined)) changes.append(item.key, item, undefined);
    items.delete(item.key);
  }
  return expired.length;
}
