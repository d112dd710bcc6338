import type { Task } from '../model/task.ts';

/** The provider whose machines a task may wait for; undefined is the default pool, where FARGATE's tasks run, too. */
export const providerOf = ({ capacityProvider, launchType }: Pick<Task, 'capacityProvider' | 'launchType'>) =>
  launchType === 'FARGATE' ? undefined : capacityProvider;

/**
 * Whether a machine of `provider` may hold the task. One that a strategy gave to a provider runs on that provider's
 * machines alone; one that was given to none runs on any instance, as on ECS, but FARGATE's never on somebody's own.
 */
export const isServedBy = (task: Pick<Task, 'capacityProvider' | 'launchType'>, provider: string | undefined) =>
  task.launchType === 'FARGATE' ? provider === undefined : (task.capacityProvider ?? provider) === provider;
