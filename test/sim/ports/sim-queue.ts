import type { QueueMessage } from '#adapters/embedded/message-queue.ts';
import type { QueueSource } from '#local/event-source-mapping/queue-source.ts';
import type { SimContext } from '../world/sim-context.ts';

/** As infra/queues.yml has them. */
const VISIBILITY_MS = 180_000;
const MAX_RECEIVES = 5;

interface Message {
  readonly id: string;
  readonly body: string;
  readonly sentAt: number;
  readonly firstReceivedAt?: number;
  /** Elapsed ms. */
  readonly visibleAt: number;
  readonly receives: number;
}

/** One standard SQS queue: unordered, hidden for a while once received, given up after some receives. */
export class SimQueue implements QueueSource {
  readonly #world: SimContext;
  readonly #name: string;
  readonly #messages = new Map<string, Message>();
  readonly #deadLetters: string[] = [];
  #sent = 0;
  #wake: (() => void) | undefined;

  constructor(world: SimContext, name: string) {
    this.#world = world;
    this.#name = name;
  }

  /** Bodies of the messages that were given up. */
  get deadLetters(): readonly string[] {
    return this.#deadLetters;
  }

  /** Messages that are neither handled nor given up. */
  get waiting(): number {
    return this.#messages.size;
  }

  /** How many messages nobody took although they could have been taken for so long. */
  visibleFor(ms: number): number {
    const latest = this.#world.time.elapsed - ms;
    return [...this.#messages.values()].filter(({ visibleAt }) => visibleAt < latest).length;
  }

  send(body: string, delayMs: number): void {
    const { time } = this.#world;
    const id = `${this.#name}-${this.#sent++}`;
    this.#messages.set(id, { id, body, sentAt: time.now(), visibleAt: time.elapsed + delayMs, receives: 0 });
    time.after(delayMs, () => this.#wake?.());
  }

  /** The end of a message that nobody could handle. */
  giveUp(body: string): void {
    this.#deadLetters.push(body);
  }

  async receive(max: number, _waitMs: number, signal: AbortSignal): Promise<readonly QueueMessage[]> {
    for (let pause = 250; this.#world.isOutage && !signal.aborted; pause = Math.min(2 * pause, 30_000))
      await new Promise<void>((resolve) => void this.#world.time.after(pause, resolve));
    const taken = this.#take(max);
    if (taken.length > 0 || signal.aborted) return taken;
    // Nobody waits for a receive that a stop overtakes.
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    return this.#take(max);
  }

  async delete(receiptHandles: readonly string[]): Promise<void> {
    for (const handle of receiptHandles) {
      const [id = '', receives] = handle.split(' ');
      if (this.#messages.get(id)?.receives === Number(receives)) this.#messages.delete(id);
    }
  }

  #take(max: number): readonly QueueMessage[] {
    const { time, rng, isOutage } = this.#world;
    if (isOutage) return [];
    const visible = [...this.#messages.values()].filter(({ visibleAt }) => visibleAt <= time.elapsed);
    const taken: QueueMessage[] = [];
    while (visible.length > 0 && taken.length < max) {
      const [message] = visible.splice(rng.below(visible.length), 1);
      if (message) taken.push(...this.#receive(message));
    }
    return taken;
  }

  #receive(message: Message): readonly QueueMessage[] {
    const { time } = this.#world;
    const { id, body, sentAt } = message;
    if (message.receives >= MAX_RECEIVES) {
      this.#messages.delete(id);
      this.#deadLetters.push(body);
      return [];
    }
    const receives = message.receives + 1;
    const firstReceivedAt = message.firstReceivedAt ?? time.now();
    this.#messages.set(id, { ...message, receives, firstReceivedAt, visibleAt: time.elapsed + VISIBILITY_MS });
    time.after(VISIBILITY_MS, () => this.#wake?.());
    return [
      { messageId: id, receiptHandle: `${id} ${receives}`, body, receiveCount: receives, sentAt, firstReceivedAt },
    ];
  }
}
