import type { Context } from 'aws-lambda';
import type { Change } from '#adapters/sqlite/change-feed.ts';
import type { Log, WorkMessage, WorkQueue } from '#control/ports.ts';
import { encodeWorkItem, type WorkKind } from '#events/work-item.ts';
import { createHandler as capacityWorker } from '#functions/capacity-worker.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import { createHandler as objectWorker } from '#functions/object-worker.ts';
import { createHandler as onStateChange } from '#functions/on-state-change.ts';
import { createHandler as placementWorker } from '#functions/placement-worker.ts';
import { createHandler as serviceWorker } from '#functions/service-worker.ts';
import { createHandler as sweeper } from '#functions/sweeper.ts';
import type { Mapping, Timers } from '#local/event-source-mapping/mapping.ts';
import { startQueueMapping } from '#local/event-source-mapping/queue-mapping.ts';
import { startStreamMapping } from '#local/event-source-mapping/stream-mapping.ts';
import type { SimContext } from '../world/sim-context.ts';
import type { Worker, Workers } from '../world/workers.ts';
import type { PortCall, Verdict } from './port-call.ts';
import { SimQueue } from './sim-queue.ts';
import { SimShard, streamRecord } from './sim-stream.ts';

/** Lambda ends an invocation after this long; the process may linger, and go on when it is thawed. */
const FUNCTION_TIMEOUT_MS = 30_000;
const SHARDS = 4;
const HANDLERS = {
  service: serviceWorker,
  placement: placementWorker,
  capacity: capacityWorker,
  object: objectWorker,
};
const KINDS: readonly WorkKind[] = ['service', 'placement', 'capacity', 'object'];
/** As serverless.yml has them. */
const QUEUE_MAPPING = { batchSize: 10, batchWindowMs: 0, reportFailures: true, filterPatterns: [] } as const;
const CONCURRENCY = { service: 4, placement: 2, capacity: 2, object: 4 } as const;
const STREAM_MAPPING = {
  batchSize: 100,
  batchWindowMs: 0,
  maximumRetryAttempts: 5,
  maximumRecordAgeMs: 3_600_000,
  bisect: true,
  reportFailures: true,
  filterPatterns: [],
} as const;

const nothing = (): void => undefined;
const SILENT: Log = { debug: nothing, info: nothing, warn: nothing, error: nothing };
const CONTEXT = { awsRequestId: 'sim', functionName: 'sim' } as Context;

const functionDeps = ({ deps }: Worker): FunctionDependencies => ({
  ...deps,
  accessKeys: { find: async () => undefined, pageTokenKey: async () => '' },
  channelAddress: (instanceId) => instanceId,
});

/** The queues and the stream between the functions, fed by the local stack's own event source mappings. */
export class MessageBus implements WorkQueue {
  readonly #world: SimContext;
  readonly queues: Readonly<Record<WorkKind, SimQueue>>;
  readonly shards: readonly SimShard[];
  /** Stream records that were given up, by what they were to wake. */
  readonly streamFailures: string[] = [];
  readonly #timers: Timers;
  #mappings: readonly Mapping[] = [];
  #workers: Workers | undefined;

  constructor(world: SimContext) {
    this.#world = world;
    const queue = (kind: WorkKind): SimQueue => new SimQueue(world, kind);
    this.queues = {
      service: queue('service'),
      placement: queue('placement'),
      capacity: queue('capacity'),
      object: queue('object'),
    };
    this.shards = Array.from({ length: SHARDS }, (_, at) => new SimShard(world, `shard-${at}`));
    this.#timers = {
      now: () => world.time.now(),
      sleep: (ms, signal) =>
        new Promise((resolve) => {
          world.time.after(ms, resolve);
          signal.addEventListener('abort', () => resolve());
        }),
    };
  }

  start(workers: Workers, sweepMs: number): void {
    this.#workers = workers;
    const tools = { timers: this.#timers, log: SILENT };
    const ofQueue = (kind: WorkKind): Mapping =>
      startQueueMapping({
        ...tools,
        source: this.queues[kind],
        mapping: { ...QUEUE_MAPPING, maximumConcurrency: CONCURRENCY[kind] },
        queueArn: `arn:aws:sqs:us-east-1:000000000000:${kind}`,
        invoke: (event) => this.#invoke(kind, (worker) => HANDLERS[kind](functionDeps(worker))(event, CONTEXT)),
      });
    const ofShard = (source: SimShard): Mapping =>
      startStreamMapping({
        ...tools,
        source,
        mapping: STREAM_MAPPING,
        functionArn: 'arn:aws:lambda:us-east-1:000000000000:function:onStateChange',
        invoke: (event) =>
          this.#invoke('onStateChange', (worker) => onStateChange(functionDeps(worker))(event, CONTEXT)),
        onFailure: async (message) => void this.streamFailures.push(JSON.stringify(message)),
      });
    this.#mappings = [...KINDS.map(ofQueue), ...this.shards.map(ofShard)];
    const sweep = (): void => {
      this.#world.time.after(sweepMs, sweep);
      if (this.#world.isOutage) return;
      // The next sweep makes up for one that failed.
      this.#invoke('sweeper', (worker) => sweeper(functionDeps(worker))({} as never, CONTEXT)).catch((error: unknown) =>
        this.#world.trace(`sweeper failed: ${String(error)}`),
      );
    };
    this.#world.time.after(sweepMs, sweep);
  }

  stop(): void {
    for (const mapping of this.#mappings) void mapping.stop();
  }

  async send(messages: readonly WorkMessage[]): Promise<void> {
    for (const { work, delaySeconds = 0 } of messages) {
      const body = encodeWorkItem(work);
      const queue = this.queues[work.kind];
      this.#transport(
        { operation: 'message', detail: work.kind, role: 'queue' },
        () => queue.giveUp(body),
        (delay) => queue.send(body, delaySeconds * 1_000 + delay + this.#world.rng.between(2, 30)),
      );
    }
  }

  /** Committed items that ask for work; the mapping's filter lets no other pass. */
  committed(changes: readonly Change[]): void {
    for (const change of changes) {
      if (!change.new?.wake) continue;
      const record = streamRecord(change);
      const shard = this.shards[hash(change.key.pk) % SHARDS];
      const detail = `${change.new.kind} for ${change.new.wake.work.kind}`;
      this.#transport(
        { operation: 'record', detail, role: 'stream' },
        () => this.streamFailures.push(detail),
        (delay) => shard?.add(record, delay + this.#world.rng.between(5, 250)),
      );
    }
  }

  /** An event is given up by who carries it, which its failure destination shows, or arrives late, or twice. */
  #transport(
    event: Pick<PortCall, 'operation' | 'detail' | 'role'>,
    giveUp: () => void,
    bring: (delay: number) => void,
  ) {
    const verdict: Verdict = this.#world.seam.announce({ port: 'event', isWrite: true, ...event });
    switch (verdict.kind) {
      case 'drop':
        return giveUp();
      case 'duplicate':
        bring(0);
        return bring(0);
      case 'delay':
        return bring(verdict.ms);
      default:
        return bring(0);
    }
  }

  /** Ends as Lambda ends it: with the answer, with the error, when the process dies, or when time is up. */
  #invoke(role: string, run: (worker: Worker) => Promise<unknown>): Promise<unknown> {
    const worker = this.#workers?.of(role);
    if (!worker) return Promise.reject(new Error('no worker yet'));
    const { process } = worker;
    return new Promise((resolve, reject) => {
      const forget = process.whenKilled(() => reject(new Error('Runtime exited')));
      const cancel = this.#world.time.after(FUNCTION_TIMEOUT_MS, () => reject(new Error('Task timed out')));
      run(worker)
        .then(resolve, reject)
        .finally(() => {
          forget();
          cancel();
        });
    });
  }
}

const hash = (text: string): number => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7);
