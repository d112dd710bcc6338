import type { Dependencies } from '#control/dependencies.ts';
import { read, registrations, reservations } from '#control/records.ts';
import { Fault } from '#core/fault.ts';
import type { Registration, Reservation } from '#core/model/container-instance.ts';
import {
  type AgentClaims,
  type AgentKey,
  bearerToken,
  bodyMatches,
  importAgentKey,
  readClaims,
  unauthenticated,
  verifyToken,
} from './token.ts';

/** An agent that proved who it is and that no newer life of it took over. */
export interface AgentPrincipal {
  readonly cluster: string;
  readonly instanceId: string;
  readonly agentEpoch: number;
}

export interface AgentAuthenticator {
  /** A signed request with a body. Faults: Unauthenticated, ResourceNotFound (register again), Conflict (superseded). */
  request(authorization: string | undefined, body: string): Promise<AgentPrincipal>;
  /** A channel poll: signed, no body. Same faults. */
  poll(authorization: string | undefined): Promise<AgentPrincipal>;
  /** A registration is signed by the key it brings; an instance that is known must bring the key it had. Same faults. */
  registration(authorization: string | undefined, body: string, offered: OfferedIdentity): Promise<void>;
}

export interface OfferedIdentity {
  readonly publicKey: string;
  readonly cluster: string;
  readonly instanceId?: string;
  readonly agentEpoch?: number;
}

/** X8: a withdrawn key stops working within this time, unless the caller remembers what it was told. */
const CACHE_MS = 30_000;
const CACHE_ENTRIES = 10_000;

/** What the table says of an instance. */
interface Known {
  readonly registration: Registration;
  readonly reservation: Reservation;
  readonly readAt: number;
}

/** What is remembered of an instance, with its key made ready once for all tokens it verifies. */
interface Identity extends Pick<Known, 'reservation' | 'readAt'> {
  readonly key: AgentKey;
}

/** Verifies agents' tokens against their registrations. Invariant: it writes nothing, whatever it is sent (X5). */
export function createAgentAuthenticator(
  deps: Pick<Dependencies, 'store' | 'clock'>,
  { cacheMs = CACHE_MS }: { readonly cacheMs?: number } = {},
): AgentAuthenticator {
  const cache = new Map<string, Identity>();

  const load = async (cluster: string, instanceId: string): Promise<Known> => {
    const id = { cluster, instanceId };
    const readAt = deps.clock.now();
    const [registration, reservation] = await Promise.all([
      read(deps.store, registrations, id),
      read(deps.store, reservations, id),
    ]);
    if (!registration || !reservation || reservation.value.status === 'INACTIVE') {
      throw new Fault('ResourceNotFound', 'this instance is not registered; register again');
    }
    return { registration: registration.value, reservation: reservation.value, readAt };
  };

  const refresh = async (cluster: string, instanceId: string): Promise<Identity> => {
    const { registration, reservation, readAt } = await load(cluster, instanceId);
    const identity = { key: await importAgentKey(registration.publicKey), reservation, readAt };
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(`${cluster}/${instanceId}`, identity);
    return identity;
  };

  const verify = async (token: string, { cluster, instanceId, epoch }: AgentClaims): Promise<AgentPrincipal> => {
    if (!cluster || !instanceId) throw unauthenticated('the token names no instance');
    const now = deps.clock.now();
    const known = cache.get(`${cluster}/${instanceId}`);
    const fresh = known !== undefined && now - known.readAt < cacheMs;
    const identity = fresh ? known : await refresh(cluster, instanceId);
    await verifyToken(token, identity.key, now);
    // Only now is it safe to tell the caller anything about the instance, or to read again for its sake.
    const newest = epoch > identity.reservation.agentEpoch && fresh ? await refresh(cluster, instanceId) : identity;
    if (epoch !== newest.reservation.agentEpoch) throw new Fault('Conflict', 'another life of this agent took over');
    return { cluster, instanceId, agentEpoch: epoch };
  };

  return {
    async request(authorization, body) {
      const token = bearerToken(authorization);
      const claims = readClaims(token);
      if (!bodyMatches(claims, body)) throw unauthenticated('the token was made for another body');
      return verify(token, claims);
    },

    async poll(authorization) {
      const token = bearerToken(authorization);
      return verify(token, readClaims(token));
    },

    async registration(authorization, body, offered) {
      const token = bearerToken(authorization);
      const claims = readClaims(token);
      if (!bodyMatches(claims, body)) throw unauthenticated('the token was made for another body');
      if (claims.instanceId !== (offered.instanceId ?? '')) throw unauthenticated('iss is not the instance id');
      if (claims.epoch !== (offered.agentEpoch ?? 0)) throw unauthenticated('epoch is not the agent epoch');
      if (offered.instanceId !== undefined) await requireSameKey(offered, offered.instanceId);
      await verifyToken(token, await importAgentKey(offered.publicKey), deps.clock.now());
    },
  };

  // An instance the store forgot is told so here: it must join anew, with a token, under an identity of its own.
  async function requireSameKey({ cluster, publicKey }: OfferedIdentity, instanceId: string): Promise<void> {
    const { registration } = await load(cluster, instanceId);
    if (registration.publicKey !== publicKey) throw unauthenticated('the instance was registered with another key');
  }
}
