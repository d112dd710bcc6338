import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { recordBatch } from './lib/record-batch.ts';
import { requestLog } from './lib/request-log.ts';

/** State table's stream: a committed change of a task or a machine becomes an event of the outbox. */
export const createHandler = (deps: FunctionDependencies) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event: DynamoDBStreamEvent) => recordBatch(event, deps)).use(
    requestLog(deps),
  );

export const handler = lazily(createHandler);
