import { parseArgs } from 'node:util';

export interface ChaosOptions {
  readonly minutes: number;
  readonly seed: number;
  readonly agents: number;
  readonly runtime: 'docker' | 'process';
  /** How partitions are made. */
  readonly network: 'namespaces' | 'proxies';
  readonly timeScale: number;
  readonly json: boolean;
}

export const HELP = `npm run chaos -- --minutes <number> [options]

Runs a real control plane and real agents, breaks them and everything between them at random, and checks four times a
second that what runs and what is committed keep the promises of the protocol.

  --minutes <number>       how long faults are injected; fractions are fine
  --seed <number>          draws the schedule of faults and intents (default: one of the clock's). Real time is not
                           deterministic: the same seed injects the same faults, and they may meet other moments
  --agents <number>        machines, 2 to 8 (default 4)
  --runtime <name>         docker or process (default: docker when an engine answers)
  --network <name>         namespaces: each agent in a network namespace of its own, cut off by iptables; proxies: all on
                           loopback, cut off by their proxies (default: namespaces where they can be had)
  --time-scale <factor>    multiplies every interval of the protocol (default 0.2)
  --json                   prints the summary as JSON on standard output, the timeline on standard error
  --help

Exit code: 0 every promise kept, 1 one broken (logs, store and timeline are kept and named), 2 bad usage.
`;

/** What this machine lacks, in words; undefined when it has it. */
export interface Missing {
  readonly engine: string | undefined;
  readonly namespaces: string | undefined;
}

/** The options, or what is wrong with the command line. */
export function readOptions(
  args: readonly string[],
  missing: Missing,
): ChaosOptions | 'help' | { readonly problem: string } {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        minutes: { type: 'string' },
        seed: { type: 'string', default: String(Date.now() % 1_000_000) },
        agents: { type: 'string', default: '4' },
        runtime: { type: 'string', default: missing.engine === undefined ? 'docker' : 'process' },
        network: { type: 'string', default: missing.namespaces === undefined ? 'namespaces' : 'proxies' },
        'time-scale': { type: 'string', default: '0.2' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    });
    if (values.help) return 'help';
    const { runtime, network } = values;
    if (values.minutes === undefined) return { problem: '--minutes is needed' };
    if (runtime !== 'docker' && runtime !== 'process')
      return { problem: `--runtime must be docker or process, got '${runtime}'` };
    if (network !== 'namespaces' && network !== 'proxies')
      return { problem: `--network must be namespaces or proxies, got '${network}'` };
    if (runtime === 'docker' && missing.engine !== undefined) return { problem: `--runtime docker: ${missing.engine}` };
    if (network === 'namespaces' && missing.namespaces !== undefined)
      return { problem: `--network namespaces: ${missing.namespaces}` };
    return {
      minutes: inRange('--minutes', values.minutes, 0.05, 24 * 60),
      seed: Math.trunc(inRange('--seed', values.seed, 0, 2 ** 31)),
      agents: Math.trunc(inRange('--agents', values.agents, 2, 8)),
      runtime,
      network,
      timeScale: inRange('--time-scale', values['time-scale'], 0.05, 10),
      json: values.json,
    };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
}

function inRange(flag: string, text: string, least: number, most: number): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Error(`${flag} must be a number from ${least} to ${most}, got '${text}'`);
}
