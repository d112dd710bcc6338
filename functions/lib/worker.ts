import middy from '@middy/core';
import type { SQSBatchResponse, SQSEvent } from 'aws-lambda';
import type { WorkItem, WorkKind } from '#events/work-item.ts';
import type { FunctionDependencies } from './function-dependencies.ts';
import { requestLog } from './request-log.ts';
import { misrouted, workBatch } from './work-batch.ts';

type WorkOf<K extends WorkKind> = Extract<WorkItem, { readonly kind: K }>;

const isKind = <K extends WorkKind>(work: WorkItem, kind: K): work is WorkOf<K> => work.kind === kind;

/** A function behind the queue of one kind of work. */
export const worker = <K extends WorkKind>(
  deps: FunctionDependencies,
  kind: K,
  run: (work: WorkOf<K>) => Promise<unknown>,
) =>
  middy<SQSEvent, SQSBatchResponse>(async (event: SQSEvent) =>
    workBatch(event, deps.log, async (work) => {
      if (!isKind(work, kind)) throw misrouted(work);
      await run(work);
    }),
  ).use(requestLog(deps));
