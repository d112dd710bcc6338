import { isLost } from '#control/instances/declare-lost.ts';
import type { Reservation } from '#core/model/container-instance.ts';
import { hasSteadyPulse, type MachineView, type Oracle, type Sample, short } from '../sample.ts';

/** S13: no machine is declared lost that nothing was done to, least of all after an outage of the control plane. */
export class FalseLosses implements Oracle {
  readonly invariant = 'S13';
  /** Machines declared lost, rightly or not. */
  losses = 0;
  #starvedAt = Number.NEGATIVE_INFINITY;

  look(sample: Sample, before: Sample | undefined): readonly string[] {
    const { at, committed, machines, servingSince, timings, isStarved } = sample;
    if (isStarved) this.#starvedAt = at;
    if (!before) return [];
    const grace = timings.lease + 2 * timings.heartbeat;
    return [...committed.reservations.values()].flatMap((now) => {
      if (!isNewLoss(before.committed.reservations.get(now.instanceId), now)) return [];
      this.losses += 1;
      const name = committed.registrations.get(now.instanceId)?.hostname;
      const machine = machines.find((one) => one.name === name);
      const clearSince = machine?.clearSince;
      const isInnocent = clearSince !== undefined && at - clearSince > grace && at - this.#starvedAt > grace;
      // After an outage nobody's requests were answered; at any other time they prove that the machine could be heard.
      const isAfterOutage = servingSince === undefined || at - servingSince < 2 * grace;
      const wasHeard = isAfterOutage || hasSteadyPulse(sample, machine?.pulse ?? []);
      return isInnocent && wasHeard
        ? [
            `${name} (${short(now.instanceId)}) was declared lost though nothing was done to it; ${pulse(at, machine?.pulse ?? [])}`,
          ]
        : [];
    });
  }
}

const isNewLoss = (old: Reservation | undefined, now: Reservation): boolean =>
  old !== undefined && old.agentEpoch === now.agentEpoch && old.schedulable && !isLost(old) && isLost(now);

const pulse = (now: number, beats: MachineView['pulse']): string =>
  beats
    .slice(-6)
    .map(
      ({ at, tookMs }) =>
        `asked ${Math.round(now - at)} ms ago, took ${tookMs === undefined ? 'for ever' : Math.round(tookMs)}`,
    )
    .join('; ');
