import type { StopRequest } from '#core/model/task.ts';

/** Its instance was deregistered with force, in ECS's words. */
export const deregisteredStop = (at: number): StopRequest => ({
  code: 'UserInitiated',
  reason: 'Container instance deregistration forced by user',
  at,
});

/** The agent was told to stop what it once had and does not know any more: its disk was lost, and its containers with it. */
export const forgottenStop = (instanceId: string, at: number): StopRequest => ({
  code: 'InfrastructureHealth',
  reason: `Container instance ${instanceId} no longer has the task: its agent lost its disk.`,
  at,
});
