import { type BenchResult, compared, isMet, type Measurement } from './benchmark.ts';
import { shortNumber } from './statistics.ts';

const HEADINGS = ['benchmark', 'figure', 'measured', 'compared with', 'ratio', 'goal', ''] as const;

/** The one table of a run: a row for each figure, then what there is to say about them. */
export function printTable(results: ReadonlyMap<string, BenchResult>): string {
  const rows = [...results].flatMap(([name, result]) => rowsOf(name, result));
  const notes = [...results].flatMap(([name, result]) =>
    result.kind === 'measured' ? result.notes.map((note) => `${name}: ${note}`) : [],
  );
  return `${aligned([HEADINGS, ...rows])}\n${notes.length > 0 ? `\n${notes.join('\n')}\n` : ''}`;
}

function rowsOf(name: string, result: BenchResult): readonly (readonly string[])[] {
  if (result.kind !== 'measured') return [[name, `${result.kind.toUpperCase()}: ${result.reason}`, '', '', '', '', '']];
  return result.measurements.map((measurement) => rowOf(name, measurement));
}

function rowOf(name: string, measurement: Measurement): readonly string[] {
  const { figure, value, unit, peer, goal } = measurement;
  const verdicts = { true: 'met', false: 'MISSED', undefined: '' } as const;
  const isRatio = peer !== undefined;
  return [
    name,
    figure,
    `${shortNumber(value)} ${unit}`,
    isRatio ? `${peer.name}: ${shortNumber(peer.value)} ${unit}` : goal ? 'the goal' : '',
    ratioOf(measurement),
    goal ? `${goal.kind === 'at-most' ? '<=' : '>='} ${goal.bound.toLocaleString('en-US')}${isRatio ? 'x' : ''}` : '',
    verdicts[`${isMet(measurement)}`],
  ];
}

/** Nothing has a ratio to a goal of zero. */
function ratioOf(measurement: Measurement): string {
  const { value, peer, goal } = measurement;
  if (peer) return `${shortNumber(compared(measurement))}x`;
  return goal && goal.bound > 0 ? `${shortNumber(value / goal.bound)}x` : '';
}

/** Columns padded to their widest cell; the last one is left as it is. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]): string => row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ');
  return rows.map((row) => line(row).trimEnd()).join('\n');
}
