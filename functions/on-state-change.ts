import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { requestLog } from './lib/request-log.ts';
import { wakeBatch } from './lib/wake-batch.ts';

/** State table's stream: a committed item that asks for work has it queued. */
export const createHandler = (deps: FunctionDependencies) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event: DynamoDBStreamEvent) => wakeBatch(event, deps)).use(
    requestLog(deps),
  );

export const handler = lazily(createHandler);
