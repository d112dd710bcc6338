import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { Log } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import { decodeWorkItem, encodeWorkItem, type WorkItem } from '#events/work-item.ts';

interface WorkGroup {
  readonly work: WorkItem;
  readonly messageIds: string[];
}

/**
 * Runs the work of a batch, equal items once, and reports each message that must come again.
 * A message that is no work item fails alone, until the queue gives it to the dead-letter queue.
 */
export async function workBatch(
  event: SQSEvent,
  log: Log,
  run: (work: WorkItem) => Promise<void>,
): Promise<SQSBatchResponse> {
  const groups = new Map<string, WorkGroup>();
  const failed: string[] = [];
  for (const { messageId, body } of event.Records) {
    const work = decode(body, messageId, log);
    if (work === undefined) {
      failed.push(messageId);
      continue;
    }
    const key = encodeWorkItem(work);
    const group = groups.get(key) ?? { work, messageIds: [] };
    group.messageIds.push(messageId);
    groups.set(key, group);
  }
  await Promise.all(
    [...groups.values()].map(async ({ work, messageIds }) => {
      if (!(await succeeds(work, log, run))) failed.push(...messageIds);
    }),
  );
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}

function decode(body: string, messageId: string, log: Log): WorkItem | undefined {
  try {
    return decodeWorkItem(body);
  } catch (error) {
    log.error('message is no work item', { messageId, error });
    return undefined;
  }
}

async function succeeds(work: WorkItem, log: Log, run: (work: WorkItem) => Promise<void>): Promise<boolean> {
  try {
    await run(work);
    return true;
  } catch (error) {
    // Losing a race is the protocol at work; the queue brings the item back and the worker decides afresh.
    if (error instanceof Fault && error.code === 'Contended') log.info('work contended, comes again', { work });
    else log.error('work failed, comes again', { work, error });
    return false;
  }
}

/** The message stands in a queue that is not its own: retrying cannot help, the dead-letter queue shows it. */
export const misrouted = (work: WorkItem): Fault => new Fault('InvalidParameter', `misrouted work item: ${work.kind}`);
