import type { HookAnswer, HookExecution, LifecycleStage, TrafficShift } from '../model/rollout.ts';

const DEFAULT_TIMEOUT_MINUTES = 1_440;

/** The stops a deployment makes on entering a stage. */
export function hooksAt(
  { configuration, hooksMet }: TrafficShift,
  stage: LifecycleStage,
  deployment: string,
  now: number,
  minute: number,
): readonly HookExecution[] {
  const met = (configuration.lifecycleHooks ?? []).filter(({ lifecycleStages }) => lifecycleStages?.includes(stage));
  return met.map(({ timeoutConfiguration }, position) => ({
    hookId: `ecs-pause-${deployment.slice(deployment.indexOf('/') + 1)}-${hooksMet + position + 1}`,
    status: 'AWAITING_ACTION',
    expiresAt: now + (timeoutConfiguration?.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES) * minute,
    timeoutAction: timeoutConfiguration?.action ?? 'ROLLBACK',
  }));
}

/** Takes in answers and the passing of time. The list keeps its identity while nothing changes. */
export function answered(
  hooks: readonly HookExecution[],
  answers: readonly HookAnswer[],
  now: number,
): readonly HookExecution[] {
  const after = hooks.map((hook) => settled(hook, answers, now));
  return after.every((hook, position) => hook === hooks[position]) ? hooks : after;
}

function settled(hook: HookExecution, answers: readonly HookAnswer[], now: number): HookExecution {
  if (hook.status !== 'AWAITING_ACTION') return hook;
  // An answer that was accepted counts, also when the worker comes to it after the time is up.
  const answer = answers.find(({ hookId }) => hookId === hook.hookId);
  if (answer) return { ...hook, status: answer.action === 'CONTINUE' ? 'SUCCEEDED' : 'FAILED' };
  return hook.expiresAt <= now ? { ...hook, status: 'TIMED_OUT' } : hook;
}

const isPassed = ({ status, timeoutAction }: HookExecution): boolean =>
  status === 'SUCCEEDED' || (status === 'TIMED_OUT' && timeoutAction === 'CONTINUE');

export const arePassed = (hooks: readonly HookExecution[]): boolean => hooks.every(isPassed);

/** Why a deployment must go back, if a hook says so. */
export function hookRefusal(hooks: readonly HookExecution[], stage: LifecycleStage): string | undefined {
  const refusal = hooks.find((hook) => hook.status !== 'AWAITING_ACTION' && !isPassed(hook));
  if (!refusal) return undefined;
  return refusal.status === 'FAILED'
    ? `Rollback was requested at lifecycle hook ${refusal.hookId} of stage ${stage}.`
    : `Lifecycle hook ${refusal.hookId} of stage ${stage} timed out.`;
}
