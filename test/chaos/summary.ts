export interface Violation {
  readonly invariant: string;
  readonly story: string;
  /** Seconds since the beginning. */
  readonly at: number;
}

/** What one run did and found; `--json` prints it as it is. */
export interface ChaosSummary {
  readonly seed: number;
  readonly runtime: 'docker' | 'process';
  readonly network: 'namespaces' | 'proxies';
  readonly agents: number;
  readonly timeScale: number;
  readonly seconds: number;
  readonly rounds: number;
  /** Faults injected, by kind. */
  readonly faults: Readonly<Record<string, number>>;
  /** Requests that a proxy did something to, by proxy and fault. */
  readonly requests: Readonly<Record<string, number>>;
  readonly samples: number;
  /** Looks that failed because the engine or the store's file did not answer. */
  readonly blindSamples: number;
  /** Looks at which the machine under all this had stood still. */
  readonly stalls: number;
  readonly tasksStarted: number;
  readonly containersKilled: number;
  readonly machinesDeclaredLost: number;
  readonly callsAcknowledged: number;
  readonly callsRepeated: number;
  /** Ms from the end of a round's faults until everything was as it should be. */
  readonly recoveryMs: { readonly p50: number; readonly p99: number; readonly max: number };
  readonly violations: readonly Violation[];
  /** Where logs, store and timeline are, when they were kept. */
  readonly evidence?: string;
}

export function share(values: readonly number[], at: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * at))] ?? 0);
}

const sum = (counts: Readonly<Record<string, number>>): number =>
  Object.values(counts).reduce((total, count) => total + count, 0);

/** The table at the end of a run. */
export function shown(summary: ChaosSummary): string {
  const { recoveryMs, faults, requests, violations, evidence } = summary;
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  const rows: readonly (readonly [string, string])[] = [
    ['seed', String(summary.seed)],
    [
      'parts',
      `${summary.agents} agents, ${summary.runtime}, network by ${summary.network}, time scale ${summary.timeScale}`,
    ],
    ['ran for', `${Math.round(summary.seconds)} s, ${summary.rounds} rounds`],
    ['faults injected', String(sum(faults))],
    ...counted(faults),
    ['requests spoiled by proxies', String(sum(requests))],
    ...counted(requests),
    ['samples', `${summary.samples}${summary.blindSamples > 0 ? `, and ${summary.blindSamples} failed looks` : ''}`],
    ['stalls of this machine', String(summary.stalls)],
    ['containers started', String(summary.tasksStarted)],
    ['containers killed by chaos', String(summary.containersKilled)],
    ['machines declared lost', String(summary.machinesDeclaredLost)],
    ['calls acknowledged', `${summary.callsAcknowledged}, ${summary.callsRepeated} repeated`],
    ['recovery p50, p99, max', [recoveryMs.p50, recoveryMs.p99, recoveryMs.max].map(seconds).join(', ')],
    ['violations', String(violations.length)],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const table = rows.map(([name, value]) => `${name.padEnd(width)}  ${value}\n`).join('');
  const told = violations.map(({ invariant, story, at }) => `  ${invariant} at ${at} s: ${story}\n`).join('');
  return `\n${table}${told}${evidence ? `evidence: ${evidence}\n` : ''}`;
}

const counted = (counts: Readonly<Record<string, number>>): readonly (readonly [string, string])[] =>
  Object.entries(counts)
    .toSorted(([left], [right]) => left.localeCompare(right))
    .map(([name, count]) => [`  ${name}`, String(count)]);
