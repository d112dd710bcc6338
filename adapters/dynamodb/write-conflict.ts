import {
  type CancellationReason,
  ConditionalCheckFailedException,
  TransactionCanceledException,
  TransactionConflictException,
  TransactionInProgressException,
} from '@aws-sdk/client-dynamodb';
import type { WriteConflict } from '#control/ports.ts';
import { unavailable } from './dynamodb-fault.ts';
import { decodeRawItem } from './item-codec.ts';

const THROTTLED = new Set(['ProvisionedThroughputExceeded', 'ThrottlingError']);

/** The conflicts an error stands for; undefined when it is not about a conflict. Throws Unavailable for a throttle. */
export function conflictsOf(error: unknown, writes: number): readonly WriteConflict[] | undefined {
  if (error instanceof TransactionCanceledException) return cancellation(error);
  if (error instanceof ConditionalCheckFailedException) return [conditionFailed(0, error.Item)];
  if (error instanceof TransactionConflictException) return contention(1);
  if (error instanceof TransactionInProgressException) return contention(writes);
  return undefined;
}

const contention = (writes: number): readonly WriteConflict[] =>
  Array.from({ length: writes }, (_, write) => ({ write, reason: 'contention' }));

const conditionFailed = (write: number, item: CancellationReason['Item']): WriteConflict => ({
  write,
  reason: 'condition',
  ...(item && { current: decodeRawItem(item) }),
});

/** Reasons come in the order of the writes. A throttle beside a failed condition says nothing the condition does not. */
function cancellation(error: TransactionCanceledException): readonly WriteConflict[] | undefined {
  const reasons = error.CancellationReasons ?? [];
  const conflicts = reasons.flatMap(({ Code, Item }, write): readonly WriteConflict[] => {
    if (Code === 'ConditionalCheckFailed') return [conditionFailed(write, Item)];
    return Code === 'TransactionConflict' ? [{ write, reason: 'contention' }] : [];
  });
  if (conflicts.length > 0) return conflicts;
  if (reasons.some(({ Code = '' }) => THROTTLED.has(Code))) throw unavailable(error);
  return undefined;
}
