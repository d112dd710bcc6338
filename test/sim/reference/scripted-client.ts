import { Fault } from '#core/fault.ts';
import type { SimWorld } from '../world/open-world.ts';
import type { Worker } from '../world/workers.ts';

/** As long as an SDK waits before it sends a request again. */
const RETRY_MS = 5_000;
const ATTEMPTS = 12;

/**
 * A client that sends one request after the other, and repeats each under the same token until it is answered.
 * Undefined: no attempt was answered.
 */
export async function ask<T>(
  sim: SimWorld,
  what: string,
  serve: (worker: Worker) => Promise<T>,
): Promise<T | undefined> {
  const { context, workers } = sim;
  context.trace(`client: ${what}`);
  for (let attempt = 0; attempt < ATTEMPTS && !sim.isOver(); attempt += 1) {
    let answer: { readonly value: T | undefined } | undefined;
    serve(workers.of('ecsApi')).then(
      (value) => {
        answer = { value };
      },
      (error: unknown) => {
        if (!(error instanceof Fault)) context.violated('X6', `${what}: ${String(error)}`);
        else if (error.code !== 'Unavailable' && error.code !== 'Contended') answer = { value: undefined };
      },
    );
    const until = context.time.elapsed + RETRY_MS;
    await context.time.runUntil(until, () => sim.isOver() || answer !== undefined);
    if (answer) return answer.value;
  }
  context.violated('L1', `${what}: no attempt was answered`);
  return undefined;
}
