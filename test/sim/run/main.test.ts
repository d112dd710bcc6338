import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Ended {
  readonly code: number;
  readonly out: string;
  readonly errors: string;
}

const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], (error, out, errors) => {
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, errors });
    });
  });

describe('npm run sim', { timeout: 240_000 }, () => {
  it('schedules on two threads, give what one thread gives', async () => {
    const figures = async (jobs: string): Promise<unknown> => {
      const { code, out } = await run('--seeds', '20', '--jobs', jobs, '--json');
      const { seconds: _seconds, schedulesPerSecond: _rate, ...rest } = JSON.parse(out) as Record<string, unknown>;
      return { code, ...rest };
    };
    expect(await figures('2')).toEqual(await figures('1'));
  });

  it('a rule switched off, ends well when an oracle notices and says where', async () => {
    const { code, out } = await run('--mutant', 'R1', '--seeds', '30', '--json');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ mutants: [{ rule: 'R1', caught: { schedule: { mutant: 'R1' } } }] });
  });

  it('one schedule with a rule switched off that it does not need, is told line by line and ends with 1', async () => {
    // No lease ends within two seconds, so nothing calls for the brake.
    const { code, out } = await run('--seed', '1', '--outage', '2000', '--mutant', 'R13', '--trace');
    expect(code).toBe(1);
    expect(out).toContain('0 violations');
    expect(out).toMatch(/^ +\d+\.\d{3} {2}machine-0 runs /m);
  });

  it('an unknown option, ends with 2 and names it', async () => {
    expect(await run('--speed')).toMatchObject({ code: 2, out: '', errors: expect.stringContaining('--speed') });
  });
});
