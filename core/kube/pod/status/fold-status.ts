import type { Json, JsonObject } from '../../../json.ts';
import type { Task, TaskObservation } from '../../../model/task.ts';
import { objectsAt, type PodContainer, podContainers } from '../../../profile/pod-containers.ts';
import { type KubeObject, objectAt, timestamp } from '../../object.ts';
import { isTrue, type WantedCondition, withConditions } from './conditions.ts';
import { type Complaint, containerStatus } from './container-status.ts';
import { forwardPhase, isOver, phaseOf } from './pod-phase.ts';

/** What the control plane knows of a pod beside the pod itself. */
export interface PodFacts {
  readonly task: Task | undefined;
  readonly observation: TaskObservation | undefined;
  /** What keeps it from being handed to a machine. */
  readonly complaint?: Complaint;
  readonly now: number;
}

/** The pod's status as it follows from its task; the same again when nothing changed. What is over stays as it ended. */
export function foldStatus(pod: KubeObject, facts: PodFacts): JsonObject {
  const before = objectAt(pod['status'] as Json);
  if (isOver(before['phase'])) return before;
  const { task, observation } = facts;
  // Of a pod that waits for its machine there is no container to tell of; kubectl calls it Pending then.
  const isTold = task?.assignment !== undefined || observation !== undefined || facts.complaint !== undefined;
  const told = isTold ? toldOf(pod, before, facts) : [];
  const main = told.filter(({ container }) => container.role === 'app');
  const standing = phaseOf(
    task,
    observation,
    main.map(({ status }) => status),
  );
  const phase = forwardPhase(before['phase'], standing.phase);
  return {
    ...before,
    phase,
    conditions: withConditions(before['conditions'], conditionsOf(facts, told, phase, before), facts.now),
    ...(standing.reason === undefined ? {} : { reason: standing.reason }),
    ...(standing.message === undefined ? {} : { message: standing.message }),
    ...(observation?.address === undefined ? {} : addresses(observation.address)),
    ...(task?.assignment ? { startTime: before['startTime'] ?? timestamp(task.assignment.at) } : {}),
    ...listOf(
      'initContainerStatuses',
      told.filter(({ container }) => container.role !== 'app'),
    ),
    ...listOf('containerStatuses', main),
  };
}

interface Told {
  readonly container: PodContainer;
  readonly status: JsonObject;
}

function toldOf(pod: KubeObject, before: JsonObject, { observation, complaint, now }: PodFacts): readonly Told[] {
  const containers = podContainers(pod);
  const hasInit = containers.some(({ role }) => role !== 'app');
  const known = new Map(
    [...objectsAt(before['initContainerStatuses']), ...objectsAt(before['containerStatuses'])].map((status) => [
      status['name'],
      status,
    ]),
  );
  return containers.map((container) => {
    const shared = { container, observation, before: known.get(container.name), hasInit, now };
    return { container, status: containerStatus(complaint ? { ...shared, complaint } : shared) };
  });
}

const listOf = (name: string, told: readonly Told[]): JsonObject =>
  told.length === 0 ? {} : { [name]: told.map(({ status }) => status) };

/** Each pod is alone on its node, which has its address. */
const addresses = (address: string): JsonObject => ({
  hostIP: address,
  hostIPs: [{ ip: address }],
  podIP: address,
  podIPs: [{ ip: address }],
});

function conditionsOf(
  { task, complaint }: PodFacts,
  told: readonly Told[],
  phase: string,
  before: JsonObject,
): readonly WantedCondition[] {
  if (!task?.assignment) return [scheduledCondition(task, complaint)];
  const waiting = told.filter((one) => one.container.role !== 'app' && !isInitialized(one));
  const unready = told.filter(({ container, status }) => container.role !== 'init' && status['ready'] !== true);
  const isInitial = isTrue(before['conditions'], 'Initialized') || waiting.length === 0;
  const ready = readyCondition(unready, phase);
  return [
    { type: 'PodScheduled', isTrue: true },
    isInitial
      ? { type: 'Initialized', isTrue: true, ...(phase === 'Succeeded' ? { reason: 'PodCompleted' } : {}) }
      : {
          type: 'Initialized',
          isTrue: false,
          reason: 'ContainersNotInitialized',
          message: `containers with incomplete status: [${namesOf(waiting)}]`,
        },
    { type: 'ContainersReady', ...ready },
    { type: 'Ready', ...ready },
  ];
}

const isInitialized = ({ container, status }: Told): boolean =>
  container.role === 'sidecar' ? status['started'] === true : status['ready'] === true;

const namesOf = (told: readonly Told[]): string => told.map(({ container }) => container.name).join(' ');

function readyCondition(unready: readonly Told[], phase: string): Omit<WantedCondition, 'type'> {
  if (phase === 'Succeeded') return { isTrue: false, reason: 'PodCompleted' };
  if (phase === 'Failed') return { isTrue: false, reason: 'PodFailed' };
  if (unready.length === 0) return { isTrue: true };
  const message = `containers with unready status: [${namesOf(unready)}]`;
  return { isTrue: false, reason: 'ContainersNotReady', message };
}

function scheduledCondition(task: Task | undefined, complaint: Complaint | undefined): WantedCondition {
  const why = task?.unplaced;
  const message = why
    ? `Fargate capacity is unavailable at this time. ${roomText(why.considered, why.rejected)}`
    : (complaint?.message ?? 'The pod waits for its machine.');
  return { type: 'PodScheduled', isTrue: false, reason: 'Unschedulable', message };
}

/** Counts change with every other placement; only the reasons are told, so that they are written once. */
const roomText = (considered: number, rejected: Readonly<Record<string, unknown>>): string =>
  considered === 0
    ? 'The cluster has no machine.'
    : `No machine has room: ${Object.keys(rejected).toSorted().join(', ')}.`;
