import type { DeploymentSpec } from '../model/service.ts';
import type { LaunchType } from '../model/task-definition.ts';
import type { AnyService, TaskSet, TaskSetService } from '../model/task-set.ts';

/** As many task sets as ECS allows a service at once, draining ones included. */
export const MAX_TASK_SETS = 5;

/** What binary fractions may add to a product that is whole. */
const ROUNDING = 1e-9;

/** How many tasks a task set wants: its share of the service's desired count, always rounded up, as on ECS. */
export function computedCount(
  { status, desiredCount }: Pick<TaskSetService, 'status' | 'desiredCount'>,
  set: Pick<TaskSet, 'status' | 'scale'>,
): number {
  if (status !== 'ACTIVE' || set.status === 'DRAINING' || set.scale === 0 || desiredCount === 0) return 0;
  return Math.max(1, Math.ceil((desiredCount * set.scale) / 100 - ROUNDING));
}

/** How many tasks a service wants, over all it runs. */
export const wantedCount = (service: AnyService): number =>
  service.scheduler === 'task-sets'
    ? service.taskSets.reduce((total, set) => total + computedCount(service, set), 0)
    : service.desiredCount;

/** Everything a service may start tasks of now. */
export const deploymentSpecs = (service: AnyService): readonly DeploymentSpec[] =>
  service.scheduler === 'task-sets' ? service.taskSets.map(({ deployment }) => deployment) : [service.deployment];

/** What a service shows of itself: its deployment, or that of the primary task set when there is one. */
export const leadingSpec = (service: AnyService): DeploymentSpec | undefined =>
  service.scheduler === 'task-sets'
    ? service.taskSets.find(({ status }) => status === 'PRIMARY')?.deployment
    : service.deployment;

/** The launch type a service shows; without a primary task set that is the one nobody has to ask for. */
export const launchTypeOf = (service: AnyService): LaunchType => leadingSpec(service)?.launchType ?? 'EC2';

/** Found by id: `ecs-svc/<digits>`. */
export const findTaskSet = (service: TaskSetService, id: string): TaskSet | undefined =>
  service.taskSets.find(({ deployment }) => deployment.id === id);

/** So many tokens of task sets that are gone fit the service's item; a deployer makes some a day. */
const MAX_SPENT = 100;

/** The service without task sets that are gone. */
export function forgetTaskSets(
  service: TaskSetService,
  gone: readonly string[],
  now: number,
  tokenRetention: number,
): TaskSetService {
  const isGone = ({ deployment }: TaskSet): boolean => gone.includes(deployment.id);
  const spent = service.taskSets
    .filter(isGone)
    .flatMap(({ clientToken }) => (clientToken === undefined ? [] : [{ clientToken, spentAt: now }]));
  const remembered = service.spentTokens.filter(({ spentAt }) => spentAt + tokenRetention > now);
  return {
    ...service,
    taskSets: service.taskSets.filter((set) => !isGone(set)),
    spentTokens: [...remembered, ...spent].slice(-MAX_SPENT),
  };
}
