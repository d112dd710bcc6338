import { reservations } from '#control/records.ts';
import { sweep } from '#control/sweep.ts';
import { isPut, writtenValue } from '../mutants/written.ts';
import { type Directed, HeldTransactions } from './stage.ts';

/** R3: a loss is decided, its machine renews its lease, and only then the loss would commit. */
export const lostWhileRenewing: Directed = {
  name: 'lost while renewing',
  agents: 3,
  play: () => {
    const losses = new HeldTransactions();
    return {
      wiring: losses.wiring,
      run: async (stage) => {
        const { context, oracles } = stage.sim;
        stage.operator.create('web', 3);
        await stage.settled();
        losses.hold((writes) =>
          writes
            .filter(isPut(reservations.kind))
            .some((write) => !writtenValue(reservations, write).schedulable && !writes.some(isPut('registration'))),
        );
        const agent = stage.agent(0);
        agent.link.outbound = false;
        agent.troubledUntil = Number.POSITIVE_INFINITY;
        await stage.until('a loss about to commit', () => losses.isHolding);
        agent.link.outbound = true;
        const lease = () => oracles.committed.leases.get(agent.instanceId ?? '');
        await stage.until('the lease renewed', () => (lease()?.expiresAt ?? 0) > context.time.now());
        losses.release();
        await stage.run(5_000);
        await stage.settled();
      },
    };
  },
};

/** R13, S13: every lease ends while the control plane is away; the machines were there all the time. */
export const controlPlaneAway: Directed = {
  name: 'control plane away',
  agents: 4,
  play: () => ({
    run: async (stage) => {
      await stage.run(10_000);
      stage.operator.create('web', 4);
      await stage.settled();
      await stage.run(10_000);
      stage.sim.nemesis.outage(45_000);
      await stage.run(45_000);
      const { context, oracles, workers } = stage.sim;
      const isBack = () =>
        [...oracles.committed.leases.values()].some(({ expiresAt }) => expiresAt > context.time.now());
      await stage.until('the first machine is back', isBack);
      void sweep(workers.of('sweeper').deps);
      await stage.settled(60_000);
    },
  }),
};

/** R4: the answer that renews a lease is long on its way, and nothing is heard of the machine after it. */
export const leaseAnswerLate: Directed = {
  name: 'lease answer late',
  agents: 3,
  play: () => {
    let lateMs = 0;
    let isLate = false;
    return {
      wiring: ({ time }) => ({
        wire: (wire, { name }) => ({
          ...wire,
          heartbeat: async (request, credential) => {
            const outcome = await wire.heartbeat(request, credential);
            const isRenewed = outcome.kind === 'answered' && outcome.answer.leaseExpiresInMs > 19_000;
            if (name !== 'machine-0' || !isRenewed || lateMs === 0) return outcome;
            isLate = true;
            await new Promise<void>((resolve) => time.after(lateMs, resolve));
            return outcome;
          },
        }),
      }),
      run: async (stage) => {
        const agent = stage.agent(0);
        await stage.run(15_000);
        lateMs = 9_000;
        await stage.until('a renewal on its way back', () => isLate);
        agent.link.outbound = false;
        agent.troubledUntil = Number.POSITIVE_INFINITY;
        await stage.run(22_500);
        void sweep(stage.sim.workers.of('sweeper').deps);
        await stage.run(30_000);
        agent.link.outbound = true;
        await stage.settled();
      },
    };
  },
};
