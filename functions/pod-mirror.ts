import middy from '@middy/core';
import type { DynamoDBBatchResponse, DynamoDBStreamEvent } from 'aws-lambda';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { mirrorBatch } from './lib/mirror-batch.ts';
import { requestLog } from './lib/request-log.ts';

/** State table's stream: a task of ECS that changed has the pod that shows it brought up to date. */
export const createHandler = (deps: FunctionDependencies) =>
  middy<DynamoDBStreamEvent, DynamoDBBatchResponse>(async (event: DynamoDBStreamEvent) => mirrorBatch(event, deps)).use(
    requestLog(deps),
  );

export const handler = lazily(createHandler);
