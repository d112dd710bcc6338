import type { TaskDefinition } from '#core/model/task-definition.ts';

/** One container of 128 CPU units and 64 MiB. */
export const aTaskDefinition = (
  overrides: Partial<TaskDefinition> & {
    readonly container?: TaskDefinition['document']['containerDefinitions'][number];
  } = {},
): TaskDefinition => {
  const { container = { name: 'app', image: 'app:1', cpu: 128, memory: 64, essential: true }, ...rest } = overrides;
  const family = overrides.family ?? 'web';
  return {
    family,
    revision: 1,
    status: 'ACTIVE',
    document: { family, containerDefinitions: [container] } as unknown as TaskDefinition['document'],
    compatibilities: ['EC2', 'EXTERNAL'],
    registeredAt: 0,
    registeredBy: 'arn:aws:iam::000000000000:user/test',
    tags: [],
    ...rest,
  };
};
