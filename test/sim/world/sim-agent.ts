import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { AgentKey } from '#agent/client/agent-key.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import type { RuntimeFactory } from '#agent/runtime/port.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import type { SessionStatus } from '#agent/session.ts';
import type { AgentDisk, AgentIdentity, TaskBook } from '#agent/state/agent-disk.ts';
import { timingsAt } from '#core/timings.ts';
import { faultyDisk, faultyRuntime } from '../ports/faulty-machine.ts';
import { type Bells, type Link, simulatedWire } from '../ports/network.ts';
import type { Actor } from '../ports/port-call.ts';
import { Process } from './process.ts';
import type { Rng } from './scheduler.ts';
import type { SimContext } from './sim-context.ts';
import { SimWatchdog } from './sim-watchdog.ts';
import type { Workers } from './workers.ts';

export const SIM_JOIN_TOKEN = 'sim-join';
const SILENT = { info: () => undefined, warn: () => undefined, error: () => undefined };
const ED25519_PKCS8 = '302e020100300506032b657004220420';

const parse = <T>(text: string | undefined): T | undefined =>
  text === undefined ? undefined : (JSON.parse(text) as T);

/** A real key, drawn from the seed and not from the machine. */
function drawnKey(rng: Rng): AgentKey {
  const seed = Buffer.from(Array.from({ length: 32 }, () => rng.below(256)));
  const key = createPrivateKey({
    key: Buffer.concat([Buffer.from(ED25519_PKCS8, 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const { x = '' } = createPublicKey(key).export({ format: 'jwk' });
  const jwk = { kty: 'OKP', crv: 'Ed25519', x, d: seed.toString('base64url') };
  // Nothing signs here: the simulated wire takes the credential for proved.
  return { publicKey: x, signingKey: {} as AgentKey['signingKey'], jwk };
}

/** The content of an agent's data directory. */
export interface DiskImage {
  readonly identity: string | undefined;
  readonly book: string | undefined;
}

/** One machine: its containers, its disk, its link, and the agent process that runs on it now. */
export class SimAgent {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly link: Link = { outbound: true, inbound: true };
  /** Elapsed ms until which trouble of its own explains what happens to it. */
  troubledUntil = 0;
  /** Elapsed ms when one of its own heartbeats last met a fault on the wire. */
  wireFaultAt = Number.NEGATIVE_INFINITY;
  isDestroyed = false;
  /** A copy of another machine's disk: it is turned away for good, as it should be. */
  isClone = false;
  restarts = 0;
  booksLost = 0;
  /** What is wrong with the machine's clocks: how far the wall clock is off, and how fast both run. */
  readonly clock = { jumpMs: 0, rate: 1 };
  /** Set by plans that make a copy of this agent, so that one of the two has to give up. */
  mayGiveUp = false;
  hasGivenUp = false;
  /** Elapsed ms until which the machine stands, or last stood, still as a whole. */
  pausedUntil = Number.NEGATIVE_INFINITY;
  readonly watchdog: SimWatchdog;
  #world: SimContext;
  #workers: Workers;
  #bells: Bells;
  #rng: Rng;
  #process: Process;
  #running: RunningAgent | undefined;
  #identity: string | undefined;
  #savedInstanceId: string | undefined;
  #book: string | undefined;

  constructor(name: string, world: SimContext, workers: Workers, bells: Bells) {
    this.name = name;
    this.#world = world;
    this.#workers = workers;
    this.#bells = bells;
    this.#rng = world.rng;
    this.#process = new Process(world.time);
    this.machine = new SimulatedMachine({ after: (ms, run) => world.time.after(ms, run) });
    this.watchdog = new SimWatchdog(world, this);
  }

  get process(): Process {
    return this.#process;
  }

  get instanceId(): string | undefined {
    return this.#running?.instanceId();
  }

  /** Also of a machine that has died. */
  get lastInstanceId(): string | undefined {
    return this.#savedInstanceId;
  }

  get status(): SessionStatus | undefined {
    return this.#running?.status();
  }

  /** Elapsed ms until which the agent believes that it holds its lease; undefined when it is not serving. */
  get leaseUntil(): number | undefined {
    const until = this.#process.isDead ? undefined : this.status?.leaseUntil;
    if (until === undefined || this.clock.rate === 1) return until;
    // The agent's margin is there for clocks that run fast or slow.
    return (until - timingsAt().agentMargin) / this.clock.rate;
  }

  /** Which life of the agent runs now; undefined when none does. */
  get life(): number | undefined {
    return this.#process.isDead ? undefined : this.restarts;
  }

  get isServing(): boolean {
    return !this.isDestroyed && !this.#process.isDead && !this.#process.isFrozen && this.#running !== undefined;
  }

  start(): void {
    if (this.isDestroyed) return;
    const process = new Process(this.#world.time);
    this.#process = process;
    this.#running = undefined;
    const actor: Actor = { role: 'agent', host: this.name, process, crash: () => this.#crashed(process) };
    const timers = this.watchdog.timers(process);
    const { time, wiring } = this.#world;
    void runAgent(
      {
        endpoint: 'http://control-plane.invalid',
        cluster: 'default',
        joinToken: SIM_JOIN_TOKEN,
        dataDir: '',
        runtime: 'simulated',
        attributes: {},
        timeScale: 1,
      },
      {
        clock: { now: () => time.now() + this.clock.jumpMs, monotonic: () => this.watchdog.monotonic() },
        timers,
        log: SILENT,
        random: () => this.#rng.next(),
        timings: timingsAt(),
        controlPlane: wiring.wire(simulatedWire(this.#world, this.#workers, this.#bells, this.link, actor), this),
        disk: wiring.disk(faultyDisk(this.#world, actor, this.#disk())),
        runtime: this.#wired(faultyRuntime(this.#world, actor, simulatedRuntime(this.machine, timers))),
        fence: wiring.fence(this.watchdog.ports(actor, this.restarts)),
        newKey: async () => drawnKey(this.#rng),
        newAttempt: () => `attempt-${this.#rng.below(1e9)}`,
        facts: { hostname: this.name, cpu: 1_024, memory: 2_048, attributes: { 'ecs.availability-zone': 'local' } },
      },
    )
      .then((agent) => {
        if (this.#process === process) this.#running = agent;
        return agent.done.then((code) => {
          if (code !== 0) this.#gaveUp();
        });
        // An error nobody caught ends the program, as it would end the real one.
      }, actor.crash)
      .catch(actor.crash);
  }

  /** Kills the agent's process; its containers and its disk stay. */
  crash(): void {
    this.#process.kill();
    this.#running = undefined;
  }

  restart(): void {
    this.crash();
    this.restarts += 1;
    this.start();
  }

  #gaveUp(): void {
    this.#world.trace(`${this.name}: the agent gives up`);
    this.hasGivenUp = true;
    if (!this.mayGiveUp && !this.isClone)
      this.#world.violated('L5', `agent ${this.name} gave up although no copy of it exists`);
  }

  /** What the disk holds now, to be put on another machine, or on this one later. */
  get disk(): DiskImage {
    return { identity: this.#identity, book: this.#book };
  }

  set disk({ identity, book }: DiskImage) {
    this.#identity = identity;
    this.#savedInstanceId = parse<AgentIdentity>(identity)?.instanceId;
    this.#book = book;
  }

  /** The whole machine stands still: agent, watchdog and containers. */
  pause(ms: number): void {
    const { time } = this.#world;
    const { process } = this;
    const guard = this.watchdog.process;
    this.pausedUntil = time.elapsed + ms;
    process.freeze();
    guard.freeze();
    time.after(ms, () => {
      // The agent first: the harder order.
      process.thaw();
      guard.thaw();
    });
  }

  /** The task book is cut or lost, the identity is not: the two are separate files. */
  loseBook(): void {
    this.booksLost += 1;
    this.#book = undefined;
  }

  /** This machine's disk becomes a copy of another one's, but for the task book. */
  cloneIdentity(original: SimAgent): void {
    this.isClone = true;
    this.#identity = original.#identity;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#process.kill();
    this.watchdog.kill();
    this.#running = undefined;
  }

  #wired(runtime: RuntimeFactory): RuntimeFactory {
    return { ...runtime, open: (owners) => this.#world.wiring.runtime(runtime.open(owners), this) };
  }

  #disk(): AgentDisk {
    return {
      loadIdentity: async () => parse<AgentIdentity>(this.#identity),
      loadBook: async () => parse<TaskBook>(this.#book),
      saveIdentity: async (identity) => {
        this.#identity = JSON.stringify(identity);
        this.#savedInstanceId = identity.instanceId;
      },
      saveBook: async (book) => {
        this.#book = JSON.stringify(book);
      },
    };
  }

  /** A fault of its own; the service manager of the machine starts it again soon. */
  #crashed(process: Process): void {
    if (this.#process !== process || process.isDead) return;
    this.#world.trace(`${this.name}: the agent crashes`);
    this.crash();
    const away = this.#rng.between(500, 4_000);
    this.troubledUntil = Math.max(this.troubledUntil, this.#world.time.elapsed + away);
    this.#world.time.after(away, () => {
      if (this.#process === process) this.restart();
    });
  }
}
