import { AGENT_PROTOCOL, type RegisterRequest, type RegisterResponse } from '#events/agent-wire.ts';
import type { AgentOptions, MachineFacts } from './agent-options.ts';
import { AGENT_VERSION } from './agent-version.ts';
import { reconnectDelay } from './client/backoff.ts';
import type { IdentityKeeper } from './identity-keeper.ts';
import { sleep } from './ports.ts';
import type { RuntimeKind } from './runtime/port.ts';
import type { SessionDeps } from './session-deps.ts';

export type Registered =
  | { readonly kind: 'registered'; readonly response: RegisterResponse }
  /** Trying again cannot help; the message is for the operator. */
  | { readonly kind: 'rejected'; readonly message: string }
  | { readonly kind: 'stopped' };

/** Registers, as often as it takes. Containers keep running meanwhile. */
export async function register(
  deps: SessionDeps,
  identity: IdentityKeeper,
  options: AgentOptions,
  facts: MachineFacts & { readonly runtime: RuntimeKind },
  stopped: () => boolean,
): Promise<Registered> {
  for (let failures = 0; ; failures += 1) {
    if (stopped()) return { kind: 'stopped' };
    if (identity.instanceId === undefined && options.joinToken === undefined) {
      return { kind: 'rejected', message: 'this machine has no identity yet: a join token is needed to register it' };
    }
    const attempt = await identity.attempt();
    const request = requestOf(identity, attempt, options, facts);
    const outcome = await deps.controlPlane.register(request, identity.credential);
    if (stopped()) return { kind: 'stopped' };
    switch (outcome.kind) {
      case 'answered':
        await identity.registered(outcome.answer);
        return { kind: 'registered', response: outcome.answer };
      case 'taken-over':
        return { kind: 'rejected', message: takenOver(outcome.message) };
      case 'refused':
        if (identity.instanceId === undefined) {
          return { kind: 'rejected', message: `the control plane refused the registration: ${outcome.message}` };
        }
        break;
      case 'unknown-instance':
      case 'denied':
        if (identity.instanceId === undefined) {
          return { kind: 'rejected', message: `the join token was not accepted: ${outcome.message}` };
        }
        await identity.forgotten();
        continue;
      case 'unauthenticated':
      case 'unavailable':
        break;
      default:
        outcome satisfies never;
    }
    deps.log.warn('registration failed', { kind: outcome.kind, error: outcome.message });
    await sleep(deps.timers, reconnectDelay(failures, deps.timings, deps.random));
  }
}

/** Rule R12 in an operator's words. */
export const takenOver = (message: string): string =>
  `another agent took over this identity (a copied data directory?); this one stops serving: ${message}`;

function requestOf(
  identity: IdentityKeeper,
  attempt: string,
  { cluster, joinToken, machineId, capacityProvider }: AgentOptions,
  { hostname, runtime, cpu, memory, attributes }: MachineFacts & { readonly runtime: RuntimeKind },
): RegisterRequest {
  const { key, instanceId, agentEpoch } = identity.credential;
  const first = instanceId === '';
  return {
    protocol: AGENT_PROTOCOL,
    cluster,
    ...(first && joinToken !== undefined ? { joinToken } : {}),
    ...(first ? {} : { instanceId, agentEpoch }),
    attempt,
    publicKey: key.publicKey,
    ...(machineId === undefined ? {} : { machineId }),
    ...(capacityProvider === undefined ? {} : { capacityProvider }),
    hostname,
    runtime,
    agentVersion: AGENT_VERSION,
    total: { cpu, memory },
    attributes,
  };
}
