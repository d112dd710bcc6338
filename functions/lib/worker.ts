import { setTimeout as rest } from 'node:timers/promises';
import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { encodeWorkItem, type WorkItem, type WorkKind } from '#events/work-item.ts';
import type { FunctionDependencies } from './function-dependencies.ts';
import { requestLog } from './request-log.ts';
import { retryContended } from './retry-contended.ts';
import { sharedRuns } from './shared-runs.ts';
import { misrouted, workBatch } from './work-batch.ts';

type WorkOf<K extends WorkKind> = Extract<WorkItem, { readonly kind: K }>;

const isKind = <K extends WorkKind>(work: WorkItem, kind: K): work is WorkOf<K> => work.kind === kind;

/** A function behind the queue of one kind of work; equal items are worked on one at a time in a process. */
export const worker = <K extends WorkKind>(
  deps: FunctionDependencies,
  kind: K,
  run: (work: WorkOf<K>) => Promise<unknown>,
) => {
  const { clock, ids } = deps;
  const runs = sharedRuns(clock, rest);
  const tools = { clock, rest, random: () => ids.random() };
  return middy<SQSEvent, SQSBatchResponse>(async (event: SQSEvent) =>
    workBatch(event, deps.log, async (work) => {
      if (!isKind(work, kind)) throw misrouted(work);
      await runs.run(encodeWorkItem(work), () => retryContended(tools, () => run(work)));
    }),
  ).use(requestLog(deps));
};
