import type { RegisterResponse } from '#events/agent-wire.ts';
import { type AgentKey, agentKeyFromJwk } from './client/agent-key.ts';
import type { Credential } from './client/token.ts';
import type { AgentDisk, AgentIdentity } from './state/agent-disk.ts';

/** Holds who the agent is, on disk first and in memory after. */
export class IdentityKeeper {
  readonly #disk: AgentDisk;
  readonly #key: AgentKey;
  #identity: AgentIdentity;

  private constructor(disk: AgentDisk, key: AgentKey, identity: AgentIdentity) {
    this.#disk = disk;
    this.#key = key;
    this.#identity = identity;
  }

  /** Reads the identity, or makes a new one; the key is durable before anyone hears of it. */
  static async open(disk: AgentDisk, newKey: () => Promise<AgentKey>): Promise<IdentityKeeper> {
    const stored = await disk.loadIdentity();
    if (stored) return new IdentityKeeper(disk, await agentKeyFromJwk(stored.privateKey), stored);
    const key = await newKey();
    const identity: AgentIdentity = { agentEpoch: 0, formerIds: [], privateKey: key.jwk };
    await disk.saveIdentity(identity);
    return new IdentityKeeper(disk, key, identity);
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
    const { instanceId = '', agentEpoch } = this.#identity;
    return { key: this.#key, instanceId, agentEpoch };
  }

  async registered({ instanceId, agentEpoch }: RegisterResponse): Promise<void> {
    const formerIds = this.owners.filter((id) => id !== instanceId);
    await this.#save({ ...this.#identity, instanceId, agentEpoch, formerIds });
  }

  /** The control plane does not know this instance: the next registration is a first one. */
  async forgotten(): Promise<void> {
    const { privateKey } = this.#identity;
    await this.#save({ agentEpoch: 0, formerIds: this.owners, privateKey });
  }

  async #save(identity: AgentIdentity): Promise<void> {
    await this.#disk.saveIdentity(identity);
    this.#identity = identity;
  }
}
