import { beforeEach, describe, expect, it } from 'vitest';
import { Fault } from '#core/fault.ts';
import { retryContended } from '#functions/lib/retry-contended.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

describe('work that loses to other writers', () => {
  const clock = steppedClock();
  let rests: number[];
  let tries: number;

  beforeEach(() => {
    rests = [];
    tries = 0;
  });

  const tools = {
    clock,
    rest: async (ms: number) => {
      rests.push(ms);
      clock.advance(ms);
    },
    random: () => 0.5,
  };
  /** Fails as often as there are errors, each try taking `ms`. */
  const failing =
    (errors: readonly unknown[], ms = 0) =>
    async (): Promise<string> => {
      tries += 1;
      clock.advance(ms);
      if (tries <= errors.length) throw errors[tries - 1];
      return 'done';
    };
  const contended = new Fault('Contended', 'lost the race');

  it('twice, is done at the third try after two growing rests', async () => {
    expect(await retryContended(tools, failing([contended, contended]))).toBe('done');
    expect(rests).toEqual([50, 200]);
  });

  it('each time, is given up after four tries', async () => {
    await expect(retryContended(tools, failing(Array(9).fill(contended)))).rejects.toBe(contended);
    expect({ tries, rests }).toEqual({ tries: 4, rests: [50, 200, 800] });
  });

  it('and takes long, is left to the queue', async () => {
    await expect(retryContended(tools, failing([contended, contended], 5_000))).rejects.toBe(contended);
    expect(tries).toBe(1);
  });

  it.each([new Fault('Unavailable', 'no answer'), new TypeError('bug')])('%s, is not repeated', async (error) => {
    await expect(retryContended(tools, failing([error]))).rejects.toBe(error);
    expect(tries).toBe(1);
  });
});
