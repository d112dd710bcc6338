import type { AgentOptions, MachineFacts } from './agent-options.ts';
import type { AgentKey } from './client/agent-key.ts';
import { Engine } from './engine/engine.ts';
import { Fence, type FencePorts } from './fence.ts';
import { IdentityKeeper } from './identity-keeper.ts';
import { messageOf, sleep } from './ports.ts';
import { register, takenOver } from './register.ts';
import type { ContainerRuntime, RuntimeFactory } from './runtime/port.ts';
import { Session, type SessionStatus } from './session.ts';
import type { SessionDeps } from './session-deps.ts';
import { SessionHost } from './sessions/session-host.ts';
import type { AgentDisk } from './state/agent-disk.ts';
import type { PodVolumes } from './volumes/pod-volumes.ts';

export interface AgentDeps extends SessionDeps {
  readonly disk: AgentDisk;
  readonly runtime: RuntimeFactory;
  /** Absent where a pod's volumes can not be made. */
  readonly volumes?: PodVolumes;
  /** Absent where nothing can enforce a deadline: fenced tasks are refused then. */
  readonly fence?: FencePorts;
  readonly newKey: () => Promise<AgentKey>;
  /** Random text that names one registration. */
  readonly newAttempt: () => string;
  readonly facts: MachineFacts;
}

export interface RunningAgent {
  instanceId(): string | undefined;
  /** Undefined while the agent is not registered. */
  status(): SessionStatus | undefined;
  /** Stops serving and leaves containers running. */
  stop(): Promise<void>;
  /** Exit code: 0 after `stop`, 1 when the control plane turned the agent away for good. */
  readonly done: Promise<number>;
}

/** How often the runtime is listed although nothing was heard of it, before the time scale. */
const RESYNC_MS = 10_000;

/** Runs one agent until it is stopped or turned away. Many may run in one process. */
export async function runAgent(options: AgentOptions, deps: AgentDeps): Promise<RunningAgent> {
  const identity = await IdentityKeeper.open(options.cluster, deps);
  const fence = await Fence.open(deps, () => identity.owners);
  const agent = new Agent(options, deps, identity, fence);
  const done = agent.serve();
  return {
    instanceId: () => identity.instanceId,
    status: () => agent.status(),
    stop: async () => {
      agent.stop();
      await done;
    },
    done,
  };
}

class Agent {
  readonly #options: AgentOptions;
  readonly #deps: AgentDeps;
  readonly #identity: IdentityKeeper;
  readonly #fence: Fence;
  readonly #stop = Promise.withResolvers<'stopped'>();
  #stopped = false;
  #session: Session | undefined;
  #engine: Engine | undefined;

  constructor(options: AgentOptions, deps: AgentDeps, identity: IdentityKeeper, fence: Fence) {
    this.#options = options;
    this.#deps = deps;
    this.#identity = identity;
    this.#fence = fence;
  }

  status(): SessionStatus | undefined {
    return this.#session?.status;
  }

  stop(): void {
    this.#stopped = true;
    this.#session?.stop();
    this.#fence.stop();
    void this.#engine?.halt();
    this.#stop.resolve('stopped');
  }

  /** One session after the other: a new registration is a new agent epoch. */
  async serve(): Promise<number> {
    const { log } = this.#deps;
    for (;;) {
      const registered = await Promise.race([this.#register(), this.#stop.promise]);
      if (registered === 'stopped' || registered.kind === 'stopped') return 0;
      if (registered.kind === 'rejected') return this.#giveUp(registered.message);
      const { response } = registered;
      log.info('registered', { instanceId: response.instanceId, agentEpoch: response.agentEpoch });
      const runtime = this.#deps.runtime.open(this.#identity.owners);
      const engine = await this.#renewEngine(runtime);
      const { credential } = this.#identity;
      const host = new SessionHost(this.#deps, runtime, credential);
      const session = new Session(this.#deps, engine, host, credential, response);
      this.#session = session;
      await this.#recover(engine, session);
      const end = await Promise.race([session.ended, this.#stop.promise]);
      session.stop();
      this.#session = undefined;
      if (end === 'stopped') return 0;
      if (end.kind === 'taken-over') return this.#giveUp(takenOver(end.message));
      log.warn('the control plane does not know this agent; registering again', { error: end.message });
      await this.#identity.forgotten();
    }
  }

  #register(): ReturnType<typeof register> {
    const facts = { ...this.#deps.facts, runtime: this.#deps.runtime.kind };
    return register(this.#deps, this.#identity, this.#options, facts, () => this.#stopped);
  }

  #giveUp(message: string): number {
    this.#deps.log.error(message);
    this.stop();
    return 1;
  }

  /** A fresh engine per epoch: it finds the tasks of the one before on disk and by their labels. */
  async #renewEngine(runtime: ContainerRuntime): Promise<Engine> {
    await this.#engine?.halt();
    const { instanceId, agentEpoch } = this.#identity.credential;
    this.#engine = new Engine(this.#deps, {
      runtime,
      fence: this.#fence,
      owner: () => ({ agent: instanceId, agentEpoch }),
      owners: () => this.#identity.owners,
      resyncMs: RESYNC_MS * this.#options.timeScale,
      onNews: () => this.#session?.news(),
    });
    return this.#engine;
  }

  /** Rule R17: lists the containers before the first heartbeat, or heartbeats unsynced until the runtime answers. */
  async #recover(engine: Engine, session: Session): Promise<void> {
    if (await this.#tryRecover(engine)) {
      session.start();
      return;
    }
    session.start();
    void this.#keepRecovering(engine, session);
  }

  async #keepRecovering(engine: Engine, session: Session): Promise<void> {
    while (!this.#stopped && this.#session === session) {
      await sleep(this.#deps.timers, this.#deps.timings.heartbeat);
      if (await this.#tryRecover(engine)) return session.news();
    }
  }

  async #tryRecover(engine: Engine): Promise<boolean> {
    try {
      await engine.recover();
      return true;
    } catch (error) {
      this.#deps.log.error('cannot list containers; no task starts until this works', { error: messageOf(error) });
      return false;
    }
  }
}
