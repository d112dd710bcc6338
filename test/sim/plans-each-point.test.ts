import { describe, expect, it } from 'vitest';
import { crashPoints } from './plans/crash-points.ts';
import { dropEachEvent } from './plans/drop-each-event.ts';
import { staleEachRead } from './plans/stale-each-read.ts';
import { workerPause } from './plans/worker-pause.ts';

/** Every point is tried by `npm run sim -- --plan NAME --all`; these are the shares that fit into a test run. */
const SHARES = [
  ['crash-points', crashPoints, { every: 4 }],
  ['drop-each-event', dropEachEvent, {}],
  ['stale-each-read', staleEachRead, {}],
  ['worker-pause', workerPause, { every: 12 }],
] as const;

describe('plans of one fault', () => {
  it.each(SHARES)(
    '%s, the cluster ends as without the fault and with no more effort than it explains',
    { timeout: 240_000 },
    async (_name, plan, share) => {
      const { runs, failures } = await plan({ seed: 1, ...share });
      expect(failures).toEqual([]);
      expect(runs).toBeGreaterThan(10);
    },
  );

  it.each(['R1', 'R2'] as const)(
    'crash points with rule %s switched off, they notice',
    { timeout: 60_000 },
    async (mutant) => {
      const { failures } = await crashPoints({ seed: 1, mutant, every: 20 });
      expect(failures).not.toEqual([]);
    },
  );
});
