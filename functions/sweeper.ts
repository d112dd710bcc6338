import middy from '@middy/core';
import type { ScheduledEvent } from 'aws-lambda';
import { sweep } from '#control/sweep.ts';
import type { FunctionDependencies } from './lib/function-dependencies.ts';
import { lazily } from './lib/lazily.ts';
import { requestLog } from './lib/request-log.ts';

/** Schedule: the level-triggered guarantee behind every event that was lost. */
export const createHandler = (deps: FunctionDependencies) =>
  middy<ScheduledEvent, void>(async () => {
    await sweep(deps);
  }).use(requestLog(deps));

export const handler = lazily(createHandler);
