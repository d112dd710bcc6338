import type { Context } from 'aws-lambda';
import { dependencies } from './compose.ts';
import type { FunctionDependencies } from './function-dependencies.ts';

/** `signal` is there for functions that stream: it aborts when their client goes away. */
export type LambdaHandler<E, R> = (event: E, context: Context, signal?: AbortSignal) => Promise<R>;

/**
 * The handler Lambda calls: composed at the first event, kept for the life of the environment.
 * A composition that failed is not kept, so that the next event tries again.
 */
export function lazily<E, R>(create: (deps: FunctionDependencies) => LambdaHandler<E, R>): LambdaHandler<E, R> {
  let composed: Promise<LambdaHandler<E, R>> | undefined;
  const compose = (): Promise<LambdaHandler<E, R>> =>
    dependencies().then(create, (error: unknown) => {
      composed = undefined;
      throw error;
    });
  return async (event, context, signal) => {
    composed ??= compose();
    const handler = await composed;
    return handler(event, context, signal);
  };
}
