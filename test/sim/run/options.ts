import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { DIRECTED } from '../directed/directed.ts';
import { MUTANTS, type Rule } from '../mutants/mutants.ts';
import { PLANS } from '../plans/all-plans.ts';
import type { Schedule } from './schedule.ts';

const RULES = Object.keys(MUTANTS) as readonly Rule[];
const PLAN_NAMES = Object.keys(PLANS);
const DIRECTED_NAMES = DIRECTED.map(({ name }) => name);

export const USAGE = `npm run sim -- [options]

Runs seeded fault schedules against the real workers and agents, and says which invariants they break.

  --seeds N        schedules to run, 1,000 unless told otherwise; with --mutant or --mutants: how many at most
  --from S         first seed (1)
  --jobs J         threads (all cores)
  --outage MS      instead of random faults: the control plane is away once, for MS milliseconds
  --mutant RULE    switches a rule off and runs until an oracle notices
  --mutants        does so for each rule and prints a table
  --json           prints the result as JSON
  --help

One schedule, in this process:
  --seed N         the one of this seed; with --outage and --mutant if need be
  --directed NAME  the one that was written for one moment
  --trace          prints what happens, line by line

Every point of a reference run, in this process:
  --plan NAME      runs a plan for each of --seeds (1); with --trace and --mutant if need be
  --all            every occurrence of a call, not the first, the middle and the last
  --every N        only every n-th point
  --only TEXT      only points whose name contains this

Rules: ${RULES.join(', ')}
Plans: ${PLAN_NAMES.join(', ')}
Directed schedules: ${DIRECTED_NAMES.join(', ')}

Exit code: 0 all held (with a rule switched off: it was noticed), 1 an invariant broke (it was not noticed),
2 wrong usage, 130 interrupted.
`;

interface Many {
  readonly from: number;
  readonly seeds: number;
}
interface Threads {
  readonly jobs: number;
  readonly isJson: boolean;
  readonly outageMs: number | undefined;
}
interface Replay {
  readonly schedule: Schedule;
  readonly isTraced: boolean;
  readonly isJson: boolean;
}
interface Plan extends Many {
  readonly plan: string;
  readonly mutant: Rule | undefined;
  readonly isTraced: boolean;
  readonly isAll: boolean;
  readonly every: number;
  readonly only: string | undefined;
}

/** What the command line asks for. */
export type Options =
  | { readonly kind: 'help' }
  | ({ readonly kind: 'replay' } & Replay)
  | ({ readonly kind: 'plan' } & Plan)
  | ({ readonly kind: 'seeds' } & Many & Threads)
  | ({ readonly kind: 'mutants'; readonly mutants: readonly Rule[] } & Many & Threads);

/** The command line cannot be understood; the message names what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const MAX_JOBS = 256;

type Values = ReturnType<typeof parsed>;
type Name = keyof Values;

/** Which options make sense beside the one that says what to do. */
const BESIDE: Readonly<Record<'seed' | 'directed' | 'plan' | 'mutants', readonly Name[]>> = {
  seed: ['outage', 'mutant', 'trace', 'json'],
  directed: ['mutant', 'trace', 'json'],
  plan: ['seeds', 'from', 'mutant', 'trace', 'all', 'every', 'only'],
  mutants: ['seeds', 'from', 'jobs', 'outage', 'json'],
};
const NEEDS: readonly (readonly [Name, string])[] = [
  ['trace', '--seed, --directed or --plan'],
  ['all', '--plan'],
  ['every', '--plan'],
  ['only', '--plan'],
];

/** Throws UsageError. */
export function parseOptions(args: readonly string[]): Options {
  const values = parsed(args);
  if (values.help) return { kind: 'help' };
  const isJson = values.json === true;
  const isTraced = values.trace === true;
  const mutant = values.mutant === undefined ? undefined : oneOf('--mutant', RULES, values.mutant);
  const outageMs = values.outage === undefined ? undefined : whole('--outage', values.outage, 1);
  const off = mutant && { mutant };
  for (const chief of Object.keys(BESIDE) as (keyof typeof BESIDE)[]) {
    if (values[chief] !== undefined) assertAlone(values, chief);
  }
  if (values.seed !== undefined) {
    const outage = outageMs === undefined ? {} : { outageMs };
    const schedule = { kind: 'random', seed: whole('--seed', values.seed, 0), ...outage, ...off } as const;
    return { kind: 'replay', schedule, isTraced, isJson };
  }
  if (values.directed !== undefined) {
    const name = oneOf('--directed', DIRECTED_NAMES, values.directed);
    return { kind: 'replay', schedule: { kind: 'directed', name, ...off }, isTraced, isJson };
  }
  const many = (seeds: string): Many => ({
    from: whole('--from', values.from ?? '1', 0),
    seeds: whole('--seeds', values.seeds ?? seeds, 1),
  });
  if (values.plan !== undefined) {
    const plan = oneOf('--plan', PLAN_NAMES, values.plan);
    const every = whole('--every', values.every ?? '1', 1);
    const { all: isAll = false, only } = values;
    return { kind: 'plan', plan, mutant, isTraced, isAll, every, only, ...many('1') };
  }
  for (const [name, chief] of NEEDS) {
    if (values[name] !== undefined) throw new UsageError(`--${name} needs ${chief}`);
  }
  const jobs = whole('--jobs', values.jobs ?? String(availableParallelism()), 1, MAX_JOBS);
  const run = { ...many('1000'), jobs, outageMs, isJson };
  const mutants = values.mutants ? RULES : mutant && [mutant];
  return mutants ? { kind: 'mutants', mutants, ...run } : { kind: 'seeds', ...run };
}

function assertAlone(values: Values, chief: keyof typeof BESIDE): void {
  const stray = (Object.keys(values) as Name[]).find((name) => name !== chief && !BESIDE[chief].includes(name));
  if (stray) throw new UsageError(`--${chief} does not go with --${stray}: leave out --${stray}`);
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        seeds: { type: 'string' },
        from: { type: 'string' },
        jobs: { type: 'string' },
        outage: { type: 'string' },
        seed: { type: 'string' },
        directed: { type: 'string' },
        trace: { type: 'boolean' },
        mutant: { type: 'string' },
        mutants: { type: 'boolean' },
        plan: { type: 'string' },
        all: { type: 'boolean' },
        every: { type: 'string' },
        only: { type: 'string' },
        json: { type: 'boolean' },
        help: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

function whole(name: string, text: string, least: number, most = Number.MAX_SAFE_INTEGER): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  const bounds = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`;
  throw new UsageError(`${name} takes a whole number ${bounds}, not '${text}'`);
}

function oneOf<T extends string>(name: string, known: readonly T[], text: string): T {
  const found = known.find((one) => one === text);
  if (found !== undefined) return found;
  throw new UsageError(`${name} takes one of ${known.join(', ')}, not '${text}'`);
}
