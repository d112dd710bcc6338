import type { JsonObject } from '../../../json.ts';
import type { ContainerTermination } from '../../../model/pod.ts';
import type { ContainerObservation, TaskObservation } from '../../../model/task.ts';
import type { PodContainer } from '../../../profile/pod-containers.ts';
import { objectAt, timestamp } from '../../object.ts';

/** Why a container cannot be made yet. */
export interface Complaint {
  readonly reason: string;
  /** Absent: it keeps all of them. */
  readonly container?: string;
  readonly message: string;
}

export interface ContainerFacts {
  readonly container: PodContainer;
  /** What its agent says of the pod; undefined before it says anything. */
  readonly observation: TaskObservation | undefined;
  /** What was said of the container before. */
  readonly before: JsonObject | undefined;
  readonly hasInit: boolean;
  readonly complaint?: Complaint;
  readonly now: number;
}

/** One entry of `containerStatuses` or `initContainerStatuses` (ContainerStatus of core/v1). */
export function containerStatus(facts: ContainerFacts): JsonObject {
  const { container, observation, before = {} } = facts;
  const seen = observation?.containers.find(({ name }) => name === container.name);
  const state = stateOf(facts, seen);
  const said = seen?.pod;
  const isUp = state['running'] !== undefined;
  const isDone = objectAt(state['terminated'])['exitCode'] === 0;
  const isInit = container.role === 'init';
  return {
    name: container.name,
    state,
    lastState: said?.last ? { terminated: terminated(said.last) } : (before['lastState'] ?? {}),
    // An agent that says nothing of a pod's containers has them ready once they run.
    ready: isInit ? isDone : isUp && (said?.ready ?? true),
    started: isInit ? isDone : isUp && (said?.started ?? true),
    restartCount: said?.restartCount ?? before['restartCount'] ?? 0,
    image: String(container.spec['image'] ?? ''),
    imageID: imageId(container, seen) ?? before['imageID'] ?? '',
    ...containerId(seen, before),
  };
}

const imageId = ({ spec }: PodContainer, seen: ContainerObservation | undefined): string | undefined =>
  seen?.imageDigest === undefined ? undefined : `${String(spec['image']).split('@')[0]}@${seen.imageDigest}`;

function containerId(seen: ContainerObservation | undefined, before: JsonObject): JsonObject {
  const containerID = seen?.runtimeId === undefined ? before['containerID'] : `berth://${seen.runtimeId}`;
  return containerID === undefined ? {} : { containerID };
}

function stateOf(facts: ContainerFacts, seen: ContainerObservation | undefined): JsonObject {
  const { observation, container } = facts;
  const said = seen?.pod;
  if (said?.terminated) return { terminated: terminated(said.terminated) };
  if (observation?.status === 'STOPPED') return endState(facts, seen);
  if (said?.waiting) return { waiting: { ...said.waiting } };
  if (seen?.status === 'STOPPED') return { terminated: ended(facts, seen.exitCode) };
  const isUp = seen ? seen.status === 'RUNNING' : observation?.status === 'RUNNING';
  if (!isUp) return waitingState(facts);
  if (!said && container.role === 'init') return { terminated: ended(facts, 0) };
  const since = said?.startedAt ?? observation?.startedAt;
  return { running: since === undefined ? {} : { startedAt: timestamp(since) } };
}

function waitingState({ container, complaint, hasInit }: ContainerFacts): JsonObject {
  const isMeant = complaint && (complaint.container ?? container.name) === container.name;
  // A volume that cannot be made is told by an event; the container is still being created.
  const reason = complaint?.reason === 'FailedMount' ? 'ContainerCreating' : complaint?.reason;
  if (isMeant) return { waiting: { reason, message: complaint.message } };
  const isLater = hasInit && container.role === 'app';
  return { waiting: { reason: isLater ? 'PodInitializing' : 'ContainerCreating' } };
}

/** SIGKILL: what is assumed of a container nobody heard of any more. */
const KILLED = 137;

/** The pod is over: what its agent did not say any more of a container is not known, unless it never ran. */
function endState(facts: ContainerFacts, seen: ContainerObservation | undefined): JsonObject {
  const { before, observation } = facts;
  if (seen?.exitCode !== undefined) return { terminated: ended(facts, seen.exitCode) };
  const state = objectAt(before?.['state']);
  if (state['terminated']) return state;
  if (state['running'] === undefined && observation?.startedAt === undefined) {
    return seen?.pod?.waiting ? { waiting: { ...seen.pod.waiting } } : waitingState(facts);
  }
  const message = 'Nothing was heard of the container any more when its pod ended.';
  return { terminated: { ...ended(facts, KILLED), reason: 'ContainerStatusUnknown', message } };
}

function ended({ before, observation, now }: ContainerFacts, exitCode = KILLED): JsonObject {
  const { running, terminated: already } = objectAt(before?.['state']);
  return {
    exitCode,
    reason: exitCode === 0 ? 'Completed' : 'Error',
    startedAt: objectAt(running)['startedAt'] ?? objectAt(already)['startedAt'] ?? null,
    finishedAt: objectAt(already)['finishedAt'] ?? timestamp(observation?.stoppedAt ?? now),
  };
}

const terminated = ({ exitCode, reason, message, startedAt, finishedAt }: ContainerTermination): JsonObject => ({
  exitCode,
  reason,
  ...(message === undefined ? {} : { message }),
  startedAt: startedAt === undefined ? null : timestamp(startedAt),
  finishedAt: timestamp(finishedAt),
});
