import { GO, nameOfCall, type PortCall, type Verdict } from '../ports/port-call.ts';
import type { SimWorld, WorldOptions } from '../world/open-world.ts';
import { type Effort, type EndState, endStateDifferences } from './end-state.ts';
import { playReference, type Story } from './reference-scenario.ts';

/** One call of the reference run, and what befalls it. */
export interface FaultPoint {
  /** As nameOfCall has it. */
  readonly call: string;
  readonly number: number;
  readonly port: PortCall['port'];
  readonly verdict: Verdict;
}

export interface Reference {
  readonly options: Partial<WorldOptions>;
  readonly story: Story;
  readonly calls: readonly PortCall[];
}

/** Plays the scenario without faults and notes every call. */
export async function recordReference(options: Partial<WorldOptions>): Promise<Reference> {
  const calls: PortCall[] = [];
  const story = await playReference({ ...options, trace: undefined }, ({ context: { seam } }) => {
    seam.onCall = (call) => void calls.push(call);
  });
  return { options, story, calls };
}

/** Of each name all occurrences, or the first, the middle and the last. */
export function pointsOf(
  calls: readonly PortCall[],
  verdicts: readonly Verdict[],
  isAll: boolean,
): readonly FaultPoint[] {
  return [...Map.groupBy(calls, nameOfCall)].flatMap(([call, group]) => {
    const chosen = isAll ? group : [...new Set([group[0], group[group.length >> 1], group.at(-1)])];
    return chosen.flatMap((one) =>
      one ? verdicts.map((verdict): FaultPoint => ({ call, number: one.number, port: one.port, verdict })) : [],
    );
  });
}

export const nameOfPoint = ({ call, number, verdict: { kind, ...more } }: FaultPoint): string =>
  `${kind}${Object.values(more)
    .map((value) => ` ${value}`)
    .join('')}: ${call} (${number})`;

/** Plays the scenario with one fault, and for `tailMs` more; what it broke, in words, or undefined. */
export async function tryPoint({ options, story: expected }: Reference, point: FaultPoint, tailMs = 0) {
  let hit: Hit | undefined;
  const plan =
    (sim: SimWorld) =>
    (call: PortCall): Verdict => {
      if (hit || call.number !== point.number || nameOfCall(call) !== point.call) return GO;
      hit = hitOn(sim, call);
      return point.verdict;
    };
  const prepare = (sim: SimWorld): void => {
    sim.context.seam.plan = plan(sim);
  };
  const found = await playReference(options, prepare, tailMs);
  if (!hit) return 'the call was not made';
  if (found.violation) return `${found.violation.invariant} at ${found.violation.at} ms: ${found.violation.story}`;
  const differences = [
    ...endStateDifferences(excused(expected.end, found.end, hit), found.end),
    ...effortDifferences(expected.effort, found.effort, hit),
  ];
  return differences.length > 0 ? differences.join('; ') : undefined;
}

/** Tasks that the fault may have ended: those on the machine that had not been seen running. */
interface Hit {
  readonly ofServices: number;
  readonly standalone: number;
}

/**
 * Allowance. A fault in a function explains nothing: whoever tries again meets what was done. A fault in an agent may
 * end each task that its machine was starting, because a container that may have run is never started again (rule R8):
 * one more task, container and start for each of a service's, and one standalone task that stopped.
 */
function hitOn({ agents, oracles }: SimWorld, call: PortCall): Hit {
  const agent = agents.find(({ name }) => name === call.host);
  const held = oracles.committed.reservations.get(agent?.lastInstanceId ?? '')?.tasks ?? [];
  const starting = held
    .map(({ taskId }) => oracles.committed.tasks.get(taskId))
    .filter((task) => task && oracles.committed.observations.get(task.taskId)?.status !== 'RUNNING');
  const ofServices = starting.filter((task) => task?.slot !== undefined).length;
  return { ofServices, standalone: starting.length - ofServices };
}

const RUNS = 'RUNNING/RUNNING';
/** A standalone task that ended by itself is wanted no longer. */
const ENDED = 'STOPPED/STOPPED';

/** The reference's end, with as many standalone tasks ended as the story has, up to those that the fault explains. */
function excused(reference: EndState, { standalone: found }: EndState, { standalone: explained }: Hit): EndState {
  const running = reference.standalone[RUNS] ?? 0;
  const ended = Math.min(explained, Math.max(0, running - (found[RUNS] ?? 0)));
  if (ended === 0) return reference;
  const left = running - ended;
  const standalone = { ...(left > 0 ? { [RUNS]: left } : {}), [ENDED]: (reference.standalone[ENDED] ?? 0) + ended };
  return { ...reference, standalone };
}

function effortDifferences(reference: Effort, found: Effort, { ofServices, standalone }: Hit): readonly string[] {
  const check = (what: keyof Effort, fewer: number): readonly string[] => {
    const [least, most] = [reference[what] - fewer, reference[what] + ofServices];
    return found[what] >= least && found[what] <= most
      ? []
      : [`${found[what]} ${what}, explained are ${least} to ${most}`];
  };
  // A task that ends before its container was made, or was started, saves that much.
  const lost = ofServices + standalone;
  return [...check('tasks', 0), ...check('creates', lost), ...check('starts', lost)];
}
