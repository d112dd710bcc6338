import type { ContainerLabels, PodUpkeep, Upkeep } from './port.ts';

export const OWNER_LABEL = 'berth.agent';
export const TASK_LABEL = 'berth.task';

/** ECS default for a container that names no stop timeout, in seconds. */
export const DEFAULT_STOP_TIMEOUT = 30;

/**
 * Rule R10: the same task epoch and container always get the same name, so a second create collides. A pod's container
 * that runs again has a name for each run: the one before stays until it is not asked for any more.
 */
export const containerName = (taskId: string, epoch: number, container: string, run = 0): string =>
  run === 0 ? `${taskId}.${epoch}.${container}` : `${taskId}.${epoch}.${container}.${run}`;

/** Of what the containers of one pod share. No container is called so. */
export const podName = (taskId: string, epoch: number): string => `${taskId}.${epoch}`;

export function encodeLabels(labels: ContainerLabels): Record<string, string> {
  return {
    [TASK_LABEL]: labels.task,
    'berth.epoch': String(labels.epoch),
    [OWNER_LABEL]: labels.agent,
    'berth.agent-epoch': String(labels.agentEpoch),
    'berth.container': labels.container,
    'berth.cluster': labels.cluster,
    'berth.group': labels.group,
    'berth.essential': String(labels.essential),
    'berth.count': String(labels.count),
    'berth.stop-timeout': String(labels.stopTimeout),
    ...(labels.fenced ? { 'berth.fenced': 'true' } : {}),
    ...(labels.upkeep ? { 'berth.upkeep': JSON.stringify(labels.upkeep) } : {}),
    ...(labels.pod ? { 'berth.pod': JSON.stringify(labels.pod) } : {}),
  };
}

/** Undefined when the container is not ours: a label is missing or is not what we write. */
export function decodeLabels(raw: Readonly<Record<string, string | undefined>>): ContainerLabels | undefined {
  const task = raw[TASK_LABEL];
  const agent = raw[OWNER_LABEL];
  const container = raw['berth.container'];
  const epoch = wholeNumber(raw['berth.epoch']);
  const agentEpoch = wholeNumber(raw['berth.agent-epoch']);
  if (!task || !agent || !container || epoch === undefined || agentEpoch === undefined) return undefined;
  const upkeep = decoded<Upkeep>(raw['berth.upkeep']);
  const pod = decoded<PodUpkeep>(raw['berth.pod']);
  return {
    task,
    epoch,
    agent,
    agentEpoch,
    container,
    cluster: raw['berth.cluster'] ?? '',
    group: raw['berth.group'] ?? '',
    essential: raw['berth.essential'] !== 'false',
    count: wholeNumber(raw['berth.count']) ?? 1,
    stopTimeout: wholeNumber(raw['berth.stop-timeout']) ?? DEFAULT_STOP_TIMEOUT,
    ...(raw['berth.fenced'] === 'true' ? { fenced: true } : {}),
    ...(upkeep ? { upkeep } : {}),
    ...(pod ? { pod } : {}),
  };
}

/** What is not what we write is left out: such a container is ours all the same, and must stay so. */
function decoded<Kept>(text: string | undefined): Kept | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as Kept;
  } catch {
    return undefined; // Somebody else changed the label; the container runs on without a check.
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
