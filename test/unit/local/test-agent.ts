import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import type { HeartbeatRequest, RegisterRequest, RegisterResponse } from '#events/agent-wire.ts';

export interface TestAgentKey {
  readonly key: KeyObject;
  readonly publicKey: string;
}

export interface TestIdentity {
  readonly instanceId: string;
  readonly agentEpoch: number;
}

export interface TestAgent {
  register(joinToken: string): Promise<RegisterResponse>;
  tryRegister(changes: Partial<RegisterRequest>): Promise<Response>;
  heartbeat(): Promise<Response>;
  poll(): Promise<Response>;
  identity(): TestIdentity;
}

export function createAgentKey(): TestAgentKey {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: privateKey, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
}

/** An agent that only speaks the wire: it runs nothing. */
export function testAgent(endpoint: string, { key, publicKey }: TestAgentKey, start?: TestIdentity): TestAgent {
  let identity = start ?? { instanceId: '', agentEpoch: 0 };

  const bearer = async (body?: string): Promise<string> => {
    const iat = Math.floor(Date.now() / 1_000);
    const bh = body === undefined ? {} : { bh: createHash('sha256').update(body).digest('base64url') };
    const { instanceId: iss, agentEpoch: epoch } = identity;
    const claims = { iss, cluster: 'default', aud: 'berth-agent', epoch, iat, exp: iat + 60, ...bh };
    return `Bearer ${await new SignJWT(claims).setProtectedHeader({ alg: 'EdDSA' }).sign(key)}`;
  };
  const post = async (path: string, value: unknown): Promise<Response> => {
    const body = JSON.stringify(value);
    const headers = { authorization: await bearer(body), 'content-type': 'application/json' };
    return fetch(`${endpoint}/agent/v1/${path}`, { method: 'POST', headers, body });
  };
  const tryRegister = (changes: Partial<RegisterRequest>): Promise<Response> => {
    identity = { instanceId: '', agentEpoch: 0 };
    const request: RegisterRequest = {
      protocol: 1,
      cluster: 'default',
      publicKey,
      hostname: 'test',
      runtime: 'simulated',
      agentVersion: '1',
      total: { cpu: 1_024, memory: 1_024 },
      attributes: {},
      ...changes,
    };
    return post('register', request);
  };

  return {
    tryRegister,
    register: async (joinToken) => {
      const answer = await tryRegister({ joinToken });
      if (!answer.ok) throw new Error(`registration answered ${answer.status}: ${await answer.text()}`);
      const registered = (await answer.json()) as RegisterResponse;
      identity = { instanceId: registered.instanceId, agentEpoch: registered.agentEpoch };
      return registered;
    },
    heartbeat: () => {
      const { agentEpoch } = identity;
      const request: HeartbeatRequest = { protocol: 1, agentEpoch, seen: 0, synced: true, known: [], reports: [] };
      return post('heartbeat', request);
    },
    poll: async () => fetch(`${endpoint}/agent/v1/channel?instance=x`, { headers: { authorization: await bearer() } }),
    identity: () => identity,
  };
}
