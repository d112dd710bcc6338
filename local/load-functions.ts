import { randomUUID } from 'node:crypto';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Context } from 'aws-lambda';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import type { FunctionSpec } from './service-file.ts';

/** Invokes one function with an event, as Lambda would. */
export type Invoke = (event: unknown, signal?: AbortSignal) => Promise<unknown>;

interface FunctionModule {
  createHandler(
    deps: FunctionDependencies,
  ): (event: unknown, context: Context, signal?: AbortSignal) => Promise<unknown>;
}

/** Imports every function and wires it with local dependencies: the very code that runs on Lambda. */
export async function loadFunctions(
  root: string,
  specs: readonly FunctionSpec[],
  deps: FunctionDependencies,
): Promise<ReadonlyMap<string, Invoke>> {
  const loaded = specs.map(async (spec): Promise<readonly [string, Invoke]> => {
    const module = await import(pathToFileURL(path.join(root, `${spec.module}.ts`)).href);
    const handler = (module as FunctionModule).createHandler(deps);
    return [spec.name, (event, signal) => handler(event, contextOf(spec, deps), signal)];
  });
  return new Map(await Promise.all(loaded));
}

/** Lambda's context; middy ends an invocation that outlives what `getRemainingTimeInMillis` promises. */
function contextOf({ name, timeoutMs }: FunctionSpec, deps: FunctionDependencies): Context {
  const deadline = performance.now() + timeoutMs;
  const { region, accountId } = deps.scope;
  return {
    awsRequestId: randomUUID(),
    functionName: name,
    functionVersion: '$LATEST',
    invokedFunctionArn: `arn:aws:lambda:${region}:${accountId}:function:${name}`,
    memoryLimitInMB: '512',
    logGroupName: `/local/${name}`,
    logStreamName: 'local',
    callbackWaitsForEmptyEventLoop: false,
    getRemainingTimeInMillis: () => Math.max(0, deadline - performance.now()),
    done: noCallback,
    fail: noCallback,
    succeed: noCallback,
  };
}

/** The callback style of old runtimes; Lambda's Node 24 has none of it either. */
function noCallback(): never {
  throw new Error('handlers answer by their promise');
}
