import type { RegisterResponse } from '#events/agent-wire.ts';
import { type AgentKey, agentKeyFromJwk } from './client/agent-key.ts';
import { fullJitter } from './client/backoff.ts';
import type { Credential } from './client/token.ts';
import { messageOf, sleep } from './ports.ts';
import type { SessionDeps } from './session-deps.ts';
import type { AgentDisk, AgentIdentity } from './state/agent-disk.ts';

export interface IdentityDeps extends Pick<SessionDeps, 'log' | 'random' | 'timers' | 'timings'> {
  readonly disk: AgentDisk;
  readonly newKey: () => Promise<AgentKey>;
  readonly newAttempt: () => string;
}

/** Holds who the agent is, on disk first and in memory after. */
export class IdentityKeeper {
  readonly #cluster: string;
  readonly #deps: IdentityDeps;
  #key: AgentKey;
  #identity: AgentIdentity;
  /** Stays the same object until it changes: tokens are cached by it. */
  #credential: Credential;

  private constructor(cluster: string, deps: IdentityDeps, key: AgentKey, identity: AgentIdentity) {
    this.#cluster = cluster;
    this.#deps = deps;
    this.#key = key;
    this.#identity = identity;
    this.#credential = this.#newCredential();
  }

  /** Reads the identity, or makes a new one; the key is durable before anyone hears of it. */
  static async open(cluster: string, deps: IdentityDeps): Promise<IdentityKeeper> {
    const stored = await deps.disk.loadIdentity();
    if (stored) return new IdentityKeeper(cluster, deps, await agentKeyFromJwk(stored.privateKey), stored);
    const key = await deps.newKey();
    // Invariant S10: a machine that lost its identity, and not its task book, still ends the containers it started.
    const formerIds = (await deps.disk.loadBook())?.owners ?? [];
    const identity: AgentIdentity = { agentEpoch: 0, formerIds, privateKey: key.jwk };
    await deps.disk.saveIdentity(identity);
    return new IdentityKeeper(cluster, deps, key, identity);
  }

  get instanceId(): string | undefined {
    return this.#identity.instanceId;
  }

  /** Newest first: every id under which this machine's containers may be labelled. */
  get owners(): readonly string[] {
    const { instanceId, formerIds } = this.#identity;
    return instanceId === undefined ? formerIds : [instanceId, ...formerIds];
  }

  get credential(): Credential {
    return this.#credential;
  }

  /** Names the next registration; the same name until one is answered, over restarts too. */
  async attempt(): Promise<string> {
    const attempt = this.#identity.attempt ?? this.#deps.newAttempt();
    if (this.#identity.attempt === undefined) await this.#save({ ...this.#identity, attempt });
    return attempt;
  }

  async registered({ instanceId, agentEpoch }: RegisterResponse): Promise<void> {
    const formerIds = this.owners.filter((id) => id !== instanceId);
    await this.#save({ instanceId, agentEpoch, formerIds, privateKey: this.#key.jwk });
  }

  /** The control plane does not know this instance: the next registration is a first one, with a new key. */
  async forgotten(): Promise<void> {
    const key = await this.#deps.newKey();
    await this.#save({ agentEpoch: 0, formerIds: this.owners, privateKey: key.jwk }, key);
  }

  /** Invariant: an identity is durable before it is used. A full disk ends nothing: it is asked again. */
  async #save(identity: AgentIdentity, key = this.#key): Promise<void> {
    for (let failures = 0; !(await this.#store(identity)); failures += 1) {
      const { timers, timings, random } = this.#deps;
      await sleep(timers, fullJitter(failures, timings.reconnect, timings.reconnectMax, random));
    }
    this.#identity = identity;
    this.#key = key;
    this.#credential = this.#newCredential();
  }

  async #store(identity: AgentIdentity): Promise<boolean> {
    try {
      await this.#deps.disk.saveIdentity(identity);
      return true;
    } catch (error) {
      this.#deps.log.error('cannot save the identity; trying again', { error: messageOf(error) });
      return false;
    }
  }

  #newCredential(): Credential {
    const { instanceId = '', agentEpoch } = this.#identity;
    return { key: this.#key, instanceId, cluster: this.#cluster, agentEpoch };
  }
}
