import { GO } from '../ports/port-call.ts';
import type { Directed } from './stage.ts';

/** R15: the function dies when its tasks are made and nobody was told; the client asks again. */
export const askedAgain: Directed = {
  name: 'asked again',
  agents: 2,
  play: () => ({
    run: async (stage) => {
      await stage.run(10_000);
      let crashes = 0;
      stage.sim.context.seam.plan = ({ role, operation }) => {
        if (role !== 'ecsApi' || operation !== 'transact' || crashes > 0) return GO;
        crashes += 1;
        return { kind: 'crash-after' };
      };
      stage.operator.run(3, 'web');
      await stage.until('tasks run', () => stage.running().length >= 3);
      await stage.run(30_000);
      await stage.settled();
    },
  }),
};
