import type { Directed } from './stage.ts';

/** R6: an agent that stands still ends nothing itself, so something else must before its task is replaced. */
export const fencedAgentStopped: Directed = {
  name: 'agent of a fenced task stopped',
  agents: 3,
  play: () => ({
    run: async (stage) => {
      await stage.run(15_000);
      stage.operator.createFenced('web', 1);
      await stage.settled();
      const [container] = stage.sim.oracles.machines.running.values();
      container?.agent.process.freeze();
      await stage.until('replaced', () => stage.sim.oracles.fence.replacements > 0);
      container?.agent.process.thaw();
      await stage.settled();
    },
  }),
};
