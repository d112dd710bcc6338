import { createPrivateKey, createPublicKey } from 'node:crypto';
import type { AgentKey } from '#agent/client/agent-key.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import type { ContainerRuntime, RuntimeFactory } from '#agent/runtime/port.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import type { AgentDisk, AgentIdentity, TaskBook } from '#agent/state/agent-disk.ts';
import { timingsAt } from '#core/timings.ts';
import { type Bells, type Link, simulatedWire } from './network.ts';
import { Process } from './process.ts';
import type { Rng } from './scheduler.ts';
import type { SimContext } from './sim-context.ts';
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

/** One machine: its containers, its disk, its link, and the agent process that runs on it now. */
export class SimAgent {
  readonly name: string;
  readonly machine: SimulatedMachine;
  readonly link: Link = { outbound: true, inbound: true };
  /** Elapsed ms until which trouble of its own explains what happens to it. */
  troubledUntil = 0;
  isDestroyed = false;
  restarts = 0;
  #world: SimContext;
  #workers: Workers;
  #bells: Bells;
  #rng: Rng;
  #process: Process;
  #running: RunningAgent | undefined;
  #identity: string | undefined;
  #book: string | undefined;

  constructor(name: string, world: SimContext, workers: Workers, bells: Bells) {
    this.name = name;
    this.#world = world;
    this.#workers = workers;
    this.#bells = bells;
    this.#rng = world.rng;
    this.#process = new Process(world.time);
    this.machine = new SimulatedMachine({ after: (ms, run) => world.time.after(ms, run) });
  }

  get process(): Process {
    return this.#process;
  }

  get instanceId(): string | undefined {
    return this.#running?.instanceId();
  }

  /** Also of a machine that has died. */
  get lastInstanceId(): string | undefined {
    return parse<AgentIdentity>(this.#identity)?.instanceId;
  }

  /** Elapsed ms until which the agent believes that it holds its lease; undefined when it is not serving. */
  get leaseUntil(): number | undefined {
    return this.#process.isDead ? undefined : this.#running?.status()?.leaseUntil;
  }

  get isServing(): boolean {
    return !this.isDestroyed && !this.#process.isDead && !this.#process.isFrozen && this.#running !== undefined;
  }

  start(): void {
    if (this.isDestroyed) return;
    const process = new Process(this.#world.time);
    this.#process = process;
    this.#running = undefined;
    const timers = { after: (ms: number, run: () => void) => process.after(ms, run) };
    const { time } = this.#world;
    let running: RunningAgent | undefined;
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
        clock: { now: () => time.now(), monotonic: () => time.elapsed },
        timers,
        log: SILENT,
        random: () => this.#rng.next(),
        timings: timingsAt(),
        controlPlane: simulatedWire(
          this.#world,
          this.#workers,
          this.#bells,
          this.link,
          process,
          () => running?.status()?.seen ?? 0,
        ),
        disk: this.#disk(process),
        runtime: this.#runtime(process),
        newKey: async () => drawnKey(this.#rng),
        newAttempt: () => `attempt-${this.#rng.below(1e9)}`,
        facts: { hostname: this.name, cpu: 1_024, memory: 2_048, attributes: { 'ecs.availability-zone': 'local' } },
      },
    ).then((agent) => {
      running = agent;
      if (this.#process === process) this.#running = agent;
      void agent.done.then((code) => {
        if (code !== 0) this.#world.violated('L5', `agent ${this.name} gave up although no copy of it exists`);
      });
    });
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

  /** The task book is cut or lost, the identity is not: the two are separate files. */
  loseBook(): void {
    this.#book = undefined;
  }

  destroy(): void {
    this.isDestroyed = true;
    this.#process.kill();
    this.#running = undefined;
  }

  #disk(process: Process): AgentDisk {
    const save = (write: () => void): Promise<void> =>
      new Promise((resolve) => {
        process.after(this.#rng.between(0.2, 4), () => {
          write();
          process.after(this.#rng.between(0.1, 1), resolve);
        });
      });
    return {
      loadIdentity: async () => parse<AgentIdentity>(this.#identity),
      loadBook: async () => parse<TaskBook>(this.#book),
      saveIdentity: (identity) => {
        const text = JSON.stringify(identity);
        return save(() => {
          this.#identity = text;
        });
      },
      saveBook: (book) => {
        const text = JSON.stringify(this.#world.mutant === 'R8' ? { tasks: [], tombstones: {} } : book);
        return save(() => {
          this.#book = text;
        });
      },
    };
  }

  /** The simulated runtime with calls that take time and die with their process. */
  #runtime(process: Process): RuntimeFactory {
    const inner = simulatedRuntime(this.machine, { after: (ms, run) => process.after(ms, run) });
    const call = <T>(apply: () => Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        process.after(this.#rng.between(0.5, 30), () => {
          apply().then(
            (value) => process.after(this.#rng.between(0.5, 30), () => resolve(value)),
            (error: unknown) => process.after(1, () => reject(error)),
          );
        });
      });
    const wrap = (runtime: ContainerRuntime): ContainerRuntime => ({
      kind: runtime.kind,
      list: () => call(() => runtime.list()),
      inspect: (name) => call(() => runtime.inspect(name)),
      pull: (definition) => call(() => runtime.pull(definition)),
      create: (spec) => call(() => runtime.create(spec)),
      start: (name) => call(() => runtime.start(name)),
      stop: (name, timeout) => call(() => runtime.stop(name, timeout)),
      remove: (name) => call(() => runtime.remove(name)),
      watch: (onChange) => runtime.watch((taskId) => process.wake(() => onChange(taskId))),
    });
    return { kind: inner.kind, open: (owners) => wrap(inner.open(owners)) };
  }
}
