import type { PortCall, Verdict } from '../ports/port-call.ts';
import { nameOfPoint, pointsOf, type Reference, recordReference, tryPoint } from '../reference/single-fault.ts';
import type { PlanOptions, PlanReport } from './plan-report.ts';

interface Sweep {
  readonly isWanted: (call: PortCall) => boolean;
  readonly verdicts: readonly Verdict[];
  /** How long the world goes on after the scenario's end. */
  readonly tailMs?: number;
}

/** Runs the reference scenario once for each point, with that one fault. */
export async function eachPoint(options: PlanOptions, { isWanted, verdicts, tailMs }: Sweep): Promise<PlanReport> {
  const { seed, mutant, trace, isAll = false, every = 1, only = '' } = options;
  const reference = await recordReference({ seed, mutant, trace });
  const calls = reference.calls.filter(isWanted);
  const all = pointsOf(calls, verdicts, isAll);
  const points = all.filter((point, at) => at % every === 0 && nameOfPoint(point).includes(only));
  const failures = referenceFailures(reference);
  for (const point of points) {
    const broken = await tryPoint(reference, point, tailMs);
    if (broken !== undefined) failures.push(`${nameOfPoint(point)}: ${broken}`);
  }
  return { runs: points.length, failures, notes: coverage(calls, points, verdicts) };
}

const referenceFailures = ({ story: { violation } }: Reference): string[] =>
  violation ? [`without any fault: ${violation.invariant}: ${violation.story}`] : [];

/** How many of the reference's calls each port's points cover. */
function coverage(
  calls: readonly PortCall[],
  points: ReturnType<typeof pointsOf>,
  verdicts: readonly Verdict[],
): readonly string[] {
  const ports = [...new Set(calls.map(({ port }) => port))];
  return ports.map((port) => {
    const made = calls.filter((call) => call.port === port).length;
    const tried = new Set(points.filter((point) => point.port === port).map(({ call, number }) => `${call} ${number}`));
    return `${tried.size} of ${made} ${port} calls, ${verdicts.length} faults each`;
  });
}
