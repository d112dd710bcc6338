import { CALL_TIMEOUT_MS } from '#agent/client/http-control-plane.ts';
import { isLost } from '#control/instances/declare-lost.ts';
import { isOverdue } from '#control/instances/loss-brake.ts';
import type { Lease, Reservation } from '#core/model/container-instance.ts';
import { timingsAt } from '#core/timings.ts';
import type { SimAgent } from '../world/sim-agent.ts';
import type { Committed } from './committed-world.ts';
import { type Oracle, short, type Watched } from './oracle.ts';

const { serverMargin, lease: LEASE, heartbeat: HEARTBEAT, heartbeatJitter } = timingsAt();
const GRACE = LEASE + 2 * HEARTBEAT;
/** Two heartbeats with their jitter, and before them the call that was under way when the outage ended. */
const BACK_MS = 2 * HEARTBEAT * (1 + heartbeatJitter) + CALL_TIMEOUT_MS + 500;

/** Losses at the instant they commit: R3 and R5 on the server's clock, R4 on the agent's, R13 by S13. */
export class LeaseOracle implements Oracle {
  readonly #watched: Watched;
  /** Elapsed ms when calls were last seen to get lost. */
  #faultyAt = 0;

  constructor(watched: Watched) {
    this.#watched = watched;
  }

  changed(change: Committed): void {
    if (change.kind !== 'reservation' || !change.old) return;
    const { now, old } = change;
    const isLoss = now.agentEpoch === old.agentEpoch && !isLost(old) && !now.schedulable && old.schedulable;
    if (isLoss) this.#loss(now);
  }

  /** L5: whoever is healthy holds a lease again soon after an outage. */
  look(): void {
    const { world, agents } = this.#watched;
    const now = world.time.elapsed;
    if (world.rates.netLost > 0) this.#faultyAt = now;
    const since = now - Math.max(world.outageEndedAt, this.#faultyAt);
    if (world.isOutage || world.outageEndedAt === 0 || since < BACK_MS) return;
    for (const agent of agents) {
      const isTroubled = agent.troubledUntil > now - since - GRACE || !agent.isServing || agent.isClone;
      if (!isTroubled && agent.link.outbound && agent.link.inbound && (agent.leaseUntil ?? 0) <= now)
        this.#fail('L5', `${agent.name} holds no lease ${Math.round(since)} ms after outage and faults`);
    }
  }

  #loss({ instanceId }: Reservation): void {
    const { world, committed, agents } = this.#watched;
    const lease = committed.leases.get(instanceId);
    const agent = agents.find((one) => one.instanceId === instanceId);
    const name = short(instanceId);
    world.trace(`instance ${name} (${agent?.name}) declared lost; ${this.#story()}`);
    const left = (lease?.expiresAt ?? 0) + serverMargin - world.time.now();
    if (left > 0) this.#fail('R3/R5', `${name} was declared lost ${left} ms before that was sure`);
    if (agent?.leaseUntil !== undefined && agent.leaseUntil > world.time.elapsed)
      this.#fail('R4/R5', `${name} was declared lost while its agent held its lease`);
    if (agent && lease && this.#isOutageToBlame(agent, lease))
      this.#fail('S13', `${name} was declared lost because of a control-plane outage`);
  }

  /** An agent that should have been heard from before the outage, and was not, has another trouble. */
  #isOutageToBlame(agent: SimAgent, lease: Lease): boolean {
    const { time, isOutage, outageBeganAt, outageEndedAt, rates } = this.#watched.world;
    const began = time.now() - (time.elapsed - outageBeganAt);
    if (isOverdue(lease, began, { lease: LEASE, heartbeat: HEARTBEAT })) return false;
    // One of its own heartbeats was lost or late since the lease was renewed: without that the outage had not cost it.
    const renewed = time.elapsed - (time.now() - (lease.expiresAt - LEASE));
    if (agent.wireFaultAt >= renewed) return false;
    const since = time.elapsed - outageEndedAt;
    const isAfter = !isOutage && outageEndedAt > 0 && since < (rates.netLost > 0 ? HEARTBEAT : GRACE);
    const isUntroubled = agent.troubledUntil < time.elapsed - GRACE && agent.link.outbound && agent.link.inbound;
    return isAfter && agent.isServing && isUntroubled;
  }

  #story(): string {
    const now = this.#watched.world.time.now();
    const past = (at: number | undefined): string => (at === undefined ? '-' : String(now - at));
    const { leases, reservations } = this.#watched.committed;
    return [...leases.values()]
      .map(({ instanceId, expiresAt, recoveredAt, suspectedAt, heldSince }) => {
        const schedulable = reservations.get(instanceId)?.schedulable;
        return `${short(instanceId)}: ${expiresAt - now} left, held ${past(heldSince)}, recovered ${past(recoveredAt)}, suspected ${past(suspectedAt)}, schedulable ${schedulable}`;
      })
      .join('; ');
  }

  #fail(invariant: string, story: string): void {
    this.#watched.world.violated(invariant, story);
  }
}
