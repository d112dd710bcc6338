import { describe, expect, it } from 'vitest';
import { sharedRuns } from '#functions/lib/shared-runs.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

/** Runs whose end the test decides, over a clock it moves; rests are over at once and are written down. */
function world() {
  const clock = steppedClock();
  const rests: number[] = [];
  const runs = sharedRuns(clock, async (ms) => void rests.push(ms));
  const begun: PromiseWithResolvers<void>[] = [];
  const work = (): Promise<void> => {
    const run = Promise.withResolvers<void>();
    begun.push(run);
    return run.promise;
  };
  const settle = () => new Promise((resolve) => setImmediate(resolve));
  return { clock, rests, runs, begun, work, settle };
}

describe('shared runs', () => {
  it('calls during a run, share one run that begins after it', async () => {
    const { runs, begun, work, settle } = world();
    const first = runs.run('web', work);
    const others = Promise.all([runs.run('web', work), runs.run('web', work)]);
    await settle();
    expect(begun).toHaveLength(1);
    begun[0]?.resolve();
    await first;
    await settle();
    expect(begun).toHaveLength(2);
    begun[1]?.resolve();
    await others;
  });

  it('a call during the shared run, is not answered by it', async () => {
    const { runs, begun, work, settle } = world();
    void runs.run('web', work);
    void runs.run('web', work);
    begun[0]?.resolve();
    await settle();
    let isAnswered = false;
    const late = runs.run('web', work).then(() => {
      isAnswered = true;
    });
    begun[1]?.resolve();
    await settle();
    expect({ begun: begun.length, isAnswered }).toEqual({ begun: 3, isAnswered: false });
    begun[2]?.resolve();
    await late;
  });

  it('keys that differ, run at once', () => {
    const { runs, begun, work } = world();
    void runs.run('web', work);
    void runs.run('api', work);
    expect(begun).toHaveLength(2);
  });

  it('a run that fails, fails its own callers and not the next ones', async () => {
    const { runs, begun, work, settle } = world();
    const first = runs.run('web', work);
    const second = runs.run('web', work);
    begun[0]?.reject(new Error('store is away'));
    await expect(first).rejects.toThrow('store is away');
    await settle();
    begun[1]?.resolve();
    await expect(second).resolves.toBeUndefined();
  });

  it('calls one after the other, run each at once and without a rest', async () => {
    const { clock, rests, runs, begun } = world();
    const work = async (): Promise<void> => {
      begun.push(Promise.withResolvers());
      clock.advance(40);
    };
    await runs.run('web', work);
    await runs.run('web', work);
    expect({ begun: begun.length, rests }).toEqual({ begun: 2, rests: [] });
  });

  it('runs that follow each other, rest in proportion to the work but not without end', async () => {
    const { clock, rests, runs, begun, work, settle } = world();
    void runs.run('web', work);
    void runs.run('web', work);
    clock.advance(40);
    begun[0]?.resolve();
    await settle();
    void runs.run('web', work);
    clock.advance(60_000);
    begun[1]?.resolve();
    await settle();
    expect(rests).toEqual([120, 500]);
  });
});
