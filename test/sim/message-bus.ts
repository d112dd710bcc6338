import type { Context, DynamoDBStreamEvent, SQSBatchResponse, SQSEvent } from 'aws-lambda';
import { encodeStreamImage } from '#adapters/dynamodb/item-codec.ts';
import type { Item, WorkMessage, WorkQueue } from '#control/ports.ts';
import { encodeWorkItem, type WorkItem } from '#events/work-item.ts';
import { createHandler as capacityWorker } from '#functions/capacity-worker.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import { createHandler as onStateChange } from '#functions/on-state-change.ts';
import { createHandler as placementWorker } from '#functions/placement-worker.ts';
import { createHandler as serviceWorker } from '#functions/service-worker.ts';
import { createHandler as sweeper } from '#functions/sweeper.ts';
import type { SimContext } from './sim-context.ts';
import type { Worker, Workers } from './workers.ts';

const VISIBILITY_MS = 30_000;
const MAX_RECEIVES = 5;
const CONTEXT = { awsRequestId: 'sim', functionName: 'sim' } as Context;
const HANDLERS = { service: serviceWorker, placement: placementWorker, capacity: capacityWorker };

const functionDeps = ({ deps }: Worker): FunctionDependencies => ({
  ...deps,
  accessKeys: { find: async () => undefined },
  channelAddress: (instanceId) => instanceId,
});

/** The queue and the stream between the functions, at least once and in no order. */
export class MessageBus implements WorkQueue {
  readonly #world: SimContext;
  #workers: Workers | undefined;
  #messages = 0;

  constructor(world: SimContext) {
    this.#world = world;
  }

  start(workers: Workers, sweepMs: number): void {
    this.#workers = workers;
    const sweep = (): void => {
      this.#world.time.after(sweepMs, sweep);
      if (!this.#world.isOutage)
        this.#invoke('sweeper', (worker) => sweeper(functionDeps(worker))({} as never, CONTEXT));
    };
    this.#world.time.after(sweepMs, sweep);
  }

  async send(messages: readonly WorkMessage[]): Promise<void> {
    const { rng, rates } = this.#world;
    for (const { work, delaySeconds = 0 } of messages) {
      if (rng.chance(rates.messageDrop / 2)) continue;
      const copies = rng.chance(rates.messageDuplicate) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) {
        const late = rng.chance(rates.messageLate) ? rng.between(0, 20_000) : rng.between(2, 30);
        this.#deliver(work, delaySeconds * 1_000 + late, 1);
      }
    }
  }

  /** A committed item that asks for work: the stream brings it to the real function, now or late, or twice. */
  committed(item: Item, seq: number): void {
    const { rng, rates, time } = this.#world;
    if (!item.wake || rng.chance(rates.messageDrop)) return;
    const event = {
      Records: [{ dynamodb: { SequenceNumber: String(seq), NewImage: encodeStreamImage(item) } }],
    } as unknown as DynamoDBStreamEvent;
    const copies = rng.chance(rates.messageDuplicate) ? 2 : 1;
    for (let copy = 0; copy < copies; copy += 1) {
      const delay = rng.chance(rates.messageLate) ? rng.between(0, 10_000) : rng.between(5, 250);
      time.after(delay, () =>
        this.#invoke('onStateChange', (worker) => onStateChange(functionDeps(worker))(event, CONTEXT)),
      );
    }
  }

  #deliver(work: WorkItem, delay: number, receives: number): void {
    this.#world.time.after(delay, () => {
      if (this.#world.isOutage) return this.#deliver(work, VISIBILITY_MS, receives);
      let isDone = false;
      const again = (): void => {
        if (isDone || receives >= MAX_RECEIVES) return;
        isDone = true;
        this.#deliver(work, 0, receives + 1);
      };
      this.#world.time.after(VISIBILITY_MS, again);
      const body = encodeWorkItem(work);
      const event = { Records: [{ messageId: String(this.#messages++), body }] } as unknown as SQSEvent;
      this.#invoke(work.kind, async (worker) => {
        const answer = (await HANDLERS[work.kind](functionDeps(worker))(event, CONTEXT)) as SQSBatchResponse;
        if (answer.batchItemFailures.length === 0) isDone = true;
      });
      return undefined;
    });
  }

  #invoke(role: string, run: (worker: Worker) => Promise<unknown>): void {
    const worker = this.#workers?.of(role);
    // A function that fails is invoked again by its event source, or by the next sweep.
    if (worker) run(worker).catch((error: unknown) => this.#world.trace(`${role} failed: ${String(error)}`));
  }
}
