import { createHash, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore, type SqliteStore } from '#adapters/sqlite/state-store.ts';
import { type AgentAuthenticator, createAgentAuthenticator } from '#api/agent/authenticate.ts';
import { put, registrations, reservations } from '#control/records.ts';
import { Fault } from '#core/fault.ts';
import type { Registration, Reservation } from '#core/model/container-instance.ts';

const NOW = 1_800_000_000_000;
const BODY = '{"protocol":1}';
const instance = { cluster: 'default', instanceId: 'a'.repeat(32) };

interface Machine {
  readonly key: KeyObject;
  readonly publicKey: string;
}

const newMachine = (): Machine => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  return { key: privateKey, publicKey: publicKey.export({ format: 'jwk' }).x ?? '' };
};

interface Claims {
  readonly iss?: string;
  readonly cluster?: string;
  readonly epoch?: number;
  readonly iat?: number;
  readonly exp?: number;
  readonly bh?: string;
  readonly aud?: string;
}

const hash = (body: string) => createHash('sha256').update(body).digest('base64url');

const bearer = async ({ key }: Machine, claims: Claims = {}): Promise<string> => {
  const iat = NOW / 1_000;
  const all = { iss: instance.instanceId, cluster: 'default', epoch: 3, iat, exp: iat + 60, bh: hash(BODY), ...claims };
  const token = new SignJWT(all).setProtectedHeader({ alg: 'EdDSA' }).setAudience(claims.aud ?? 'berth-agent');
  return `Bearer ${await token.sign(key)}`;
};

const registration = (publicKey: string): Registration => ({
  ...instance,
  publicKey,
  hostname: 'h',
  runtime: 'simulated',
  agentVersion: '1',
  attributes: {},
  total: { cpu: 1, memory: 1 },
  registeredAt: NOW,
  tags: [],
});

const reservation = (agentEpoch: number, status: Reservation['status'] = 'ACTIVE'): Reservation => ({
  ...instance,
  status,
  agentEpoch,
  schedulable: true,
  total: { cpu: 1, memory: 1 },
  attributes: {},
  tasks: [],
});

const code = async (attempt: Promise<unknown>): Promise<string> =>
  attempt.then(
    () => 'accepted',
    (error: unknown) => (error instanceof Fault ? error.code : `bug: ${String(error)}`),
  );

describe('agent authentication', () => {
  const machine = newMachine();
  let now: number;
  let store: SqliteStore;
  let reads: number;
  let writes: number;
  let agents: AgentAuthenticator;

  beforeEach(async () => {
    now = NOW;
    const clock = { now: () => now };
    store = openSqliteStore({ path: ':memory:', clock });
    await store.transact([
      put(registrations, instance, registration(machine.publicKey), 'absent'),
      put(reservations, instance, reservation(3), 'absent'),
    ]);
    reads = 0;
    writes = 0;
    const counted = {
      ...store,
      get: (key: Parameters<SqliteStore['get']>[0]) => {
        reads += 1;
        return store.get(key);
      },
      transact: (...args: Parameters<SqliteStore['transact']>) => {
        writes += 1;
        return store.transact(...args);
      },
    };
    agents = createAgentAuthenticator({ store: counted, clock });
  });

  it('a token of the registered key, epoch and body is accepted as that instance', async () => {
    expect(await agents.request(await bearer(machine), BODY)).toEqual({ ...instance, agentEpoch: 3 });
  });

  it('requests without a usable token are refused without a store call', async () => {
    const unsigned = `Bearer ${Buffer.from('{"alg":"none"}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.`;
    for (const header of [undefined, '', 'Bearer', 'Bearer x', 'Basic dTpw', unsigned, `Bearer ${'a'.repeat(5_000)}`]) {
      expect(await code(agents.request(header, BODY))).toBe('Unauthenticated');
    }
    expect({ reads, writes }).toEqual({ reads: 0, writes: 0 });
  });

  it('a tampered body is refused without a store call', async () => {
    expect(await code(agents.request(await bearer(machine), `${BODY} `))).toBe('Unauthenticated');
    expect(await code(agents.request(await bearer(machine, { bh: '' }), BODY))).toBe('Unauthenticated');
    expect({ reads, writes }).toEqual({ reads: 0, writes: 0 });
  });

  it('tokens that name another audience, no instance or a strange one are refused', async () => {
    const wrong: Claims[] = [
      { aud: 'somebody' },
      { iss: '' },
      { iss: '../x' },
      { cluster: 'a#b' },
      { epoch: -1 },
      { epoch: 1.5 },
    ];
    for (const claims of wrong)
      expect(await code(agents.request(await bearer(machine, claims), BODY))).toBe('Unauthenticated');
    expect(writes).toBe(0);
  });

  it("another machine's key is refused", async () => {
    expect(await code(agents.request(await bearer(newMachine()), BODY))).toBe('Unauthenticated');
    expect(writes).toBe(0);
  });

  it('expired, long-lived and future tokens are refused, and the clock window is five minutes', async () => {
    const at = NOW / 1_000;
    const dated = (iat: number, exp: number) =>
      bearer(machine, { iat, exp }).then((token) => code(agents.request(token, BODY)));
    expect(await dated(at - 361, at - 301)).toBe('Unauthenticated');
    expect(await dated(at - 340, at - 280)).toBe('accepted');
    expect(await dated(at + 301, at + 330)).toBe('Unauthenticated');
    expect(await dated(at, at + 61)).toBe('Unauthenticated');
    expect(writes).toBe(0);
  });

  it('an old epoch is told that another life took over', async () => {
    expect(await code(agents.request(await bearer(machine, { epoch: 2 }), BODY))).toBe('Conflict');
    expect(writes).toBe(0);
  });

  it('a newer epoch is accepted at once although the older one is still cached', async () => {
    await agents.request(await bearer(machine), BODY);
    await store.transact([put(reservations, instance, reservation(4), 1)]);
    expect(await agents.request(await bearer(machine, { epoch: 4 }), BODY)).toMatchObject({ agentEpoch: 4 });
  });

  it('unknown and inactive instances are told to register again', async () => {
    expect(await code(agents.request(await bearer(machine, { iss: 'b'.repeat(32) }), BODY))).toBe('ResourceNotFound');
    await store.transact([put(reservations, instance, reservation(3, 'INACTIVE'), 1)]);
    expect(await code(agents.request(await bearer(machine), BODY))).toBe('ResourceNotFound');
  });

  it('a withdrawn identity is refused once the cache is 30 s old', async () => {
    await agents.request(await bearer(machine), BODY);
    await store.transact([put(reservations, instance, reservation(3, 'INACTIVE'), 1)]);
    now += 30_000;
    expect(await code(agents.request(await bearer(machine), BODY))).toBe('ResourceNotFound');
  });

  it('a key that was replaced is refused once the cache is 30 s old', async () => {
    await agents.request(await bearer(machine), BODY);
    const other = newMachine();
    await store.transact([put(registrations, instance, registration(other.publicKey), 1)]);
    now += 29_999;
    expect(await code(agents.request(await bearer(machine), BODY))).toBe('accepted');
    now += 1;
    expect(await code(agents.request(await bearer(machine), BODY))).toBe('Unauthenticated');
    expect(await code(agents.request(await bearer(other), BODY))).toBe('accepted');
  });

  it('told to remember nothing, refuses a withdrawn identity at once', async () => {
    const forgetful = createAgentAuthenticator({ store, clock: { now: () => now } }, { cacheMs: 0 });
    expect(await code(forgetful.poll(await bearer(machine)))).toBe('accepted');
    await store.transact([put(reservations, instance, reservation(3, 'INACTIVE'), 1)]);
    expect(await code(forgetful.poll(await bearer(machine)))).toBe('ResourceNotFound');
  });

  it('a stored key that is no key is refused', async () => {
    await store.transact([put(registrations, instance, registration('AAAA'), 1)]);
    expect(await code(agents.request(await bearer(machine), BODY))).toBe('Unauthenticated');
  });

  it('a channel poll needs no body hash', async () => {
    const { bh: _, ...unhashed } = { bh: undefined };
    expect(await agents.poll(await bearer(machine, unhashed))).toMatchObject(instance);
    expect(await code(agents.poll(await bearer(newMachine())))).toBe('Unauthenticated');
  });

  it('a first registration proves possession of the key it offers', async () => {
    const fresh = newMachine();
    const offered = { publicKey: fresh.publicKey, cluster: 'default' };
    const claims = { iss: '', epoch: 0 };
    expect(await code(agents.registration(await bearer(fresh, claims), BODY, offered))).toBe('accepted');
    expect(await code(agents.registration(await bearer(machine, claims), BODY, offered))).toBe('Unauthenticated');
    expect({ reads, writes }).toEqual({ reads: 0, writes: 0 });
  });

  it('a later registration must keep the key and name itself', async () => {
    const offered = {
      publicKey: machine.publicKey,
      cluster: 'default',
      instanceId: instance.instanceId,
      agentEpoch: 3,
    };
    const other = newMachine();
    expect(await code(agents.registration(await bearer(machine), BODY, offered))).toBe('accepted');
    const stolen = { ...offered, publicKey: other.publicKey };
    expect(await code(agents.registration(await bearer(other), BODY, stolen))).toBe('Unauthenticated');
    const disguised = { ...offered, instanceId: 'c'.repeat(32) };
    expect(await code(agents.registration(await bearer(machine), BODY, disguised))).toBe('Unauthenticated');
    expect(writes).toBe(0);
  });
});
