import type { ContainerObservation, HealthStatus, ObservedStatus, TaskObservation } from '../model/task.ts';
import { isForward } from './observed-status.ts';
import { isPodNews } from './pod-news.ts';

/** The parts of a report, and of what was stored of the one before, that can be news. */
interface Seen {
  readonly status: ObservedStatus;
  readonly healthStatus?: HealthStatus;
  readonly containers: readonly ContainerObservation[];
  readonly address?: string;
}

/**
 * Whether a report is worth a write: the task moved on, its health changed, or a container runs anew. An agent that says
 * nothing of health has lost what it knew: what it said last stays, as ECS has it. A task that was given to a machine and
 * not heard of is taken for PENDING.
 */
export const isNews = (before: Seen | undefined, report: Seen): boolean =>
  isForward(before?.status ?? 'PENDING', report.status) ||
  ((before?.status ?? 'PENDING') === report.status &&
    (isHealthNews(before, report) || isContainerNews(before, report) || isAddressNews(before, report)));

/** Rule R3: of reports with the same status within one agent epoch, one that comes late says what was, not what is. */
export const isLate = (
  before: Pick<TaskObservation, 'status' | 'agentEpoch' | 'revision'> | undefined,
  { status, revision = 0 }: Pick<TaskObservation, 'status' | 'revision'>,
  agentEpoch: number,
): boolean =>
  before !== undefined &&
  before.status === status &&
  before.agentEpoch === agentEpoch &&
  revision < (before.revision ?? 0);

/** What the scheduler of a service wants to know at once. */
export const isHealthNews = (before: Seen | undefined, { healthStatus }: Seen): boolean =>
  healthStatus !== undefined && healthStatus !== (before?.healthStatus ?? 'UNKNOWN');

/** Healthy no more, or unhealthy: what was decided believing otherwise must not commit any more. */
export const getsWorse = (before: Seen | undefined, report: Seen): boolean =>
  isHealthNews(before, report) && (before?.healthStatus === 'HEALTHY' || report.healthStatus === 'UNHEALTHY');

const isAddressNews = (before: Seen | undefined, { address }: Seen): boolean =>
  address !== undefined && address !== before?.address;

const isContainerNews = (before: Seen | undefined, { containers }: Seen): boolean =>
  containers.some(({ name, healthStatus, runtimeId, pod }) => {
    const was = before?.containers.find((container) => container.name === name);
    const isChecked = healthStatus !== undefined && healthStatus !== (was?.healthStatus ?? 'UNKNOWN');
    const isRestarted = runtimeId !== undefined && was?.runtimeId !== undefined && was.runtimeId !== runtimeId;
    return isChecked || isRestarted || isPodNews(was?.pod, pod);
  });
