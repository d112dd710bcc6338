import { Fault } from '../fault.ts';
import type { LifecycleHook, RolloutConfiguration } from '../model/rollout.ts';

const LAMBDA_ONLY: ReadonlySet<string> = new Set(['TEST_TRAFFIC_SHIFT', 'PRODUCTION_TRAFFIC_SHIFT']);
const MAX_BAKE_MINUTES = 1_440;
const MAX_HOOK_MINUTES = 20_160;

export const strategyOf = (rollout: RolloutConfiguration | undefined) => rollout?.strategy ?? 'ROLLING';

/** True when deployments run beside their predecessor and shift traffic. */
export const shiftsTraffic = (rollout: RolloutConfiguration | undefined): boolean => strategyOf(rollout) !== 'ROLLING';

/** What an update leaves out stays as it is, but for a new strategy, which brings all that belongs to it. */
export function mergeRollout(
  before: RolloutConfiguration | undefined,
  changes: RolloutConfiguration | undefined,
): RolloutConfiguration | undefined {
  if (!changes || !before) return changes ?? before;
  const isNew = changes.strategy !== undefined && changes.strategy !== strategyOf(before);
  return isNew ? changes : { ...before, ...changes };
}

/** Faults: InvalidParameter for what ECS refuses, Unsupported for what only Berth does. */
export function checkRollout(rollout: RolloutConfiguration, minimumHealthyPercent: number): void {
  const strategy = strategyOf(rollout);
  const { linearConfiguration: linear, canaryConfiguration: canary, bakeTimeInMinutes } = rollout;
  requireRange('bakeTimeInMinutes', bakeTimeInMinutes, 0, MAX_BAKE_MINUTES);
  if (linear && strategy !== 'LINEAR') throw misplaced('linearConfiguration', 'LINEAR', strategy);
  if (canary && strategy !== 'CANARY') throw misplaced('canaryConfiguration', 'CANARY', strategy);
  requireTenths('stepPercent', linear?.stepPercent, 3);
  requireRange('stepBakeTimeInMinutes', linear?.stepBakeTimeInMinutes, 0, MAX_BAKE_MINUTES);
  requireTenths('canaryPercent', canary?.canaryPercent, 0.1);
  requireRange('canaryBakeTimeInMinutes', canary?.canaryBakeTimeInMinutes, 0, MAX_BAKE_MINUTES);
  checkEarlySuccess(rollout, minimumHealthyPercent);
  const hooks = rollout.lifecycleHooks ?? [];
  if (hooks.length > 0 && strategy === 'ROLLING') {
    throw new Fault('Unsupported', 'Berth runs lifecycleHooks of BLUE_GREEN, LINEAR and CANARY deployments only.');
  }
  for (const hook of hooks) checkHook(hook);
}

function checkHook({
  targetType = 'AWS_LAMBDA',
  hookTargetArn,
  lifecycleStages = [],
  timeoutConfiguration,
}: LifecycleHook) {
  if (targetType === 'AWS_LAMBDA') {
    throw new Fault(
      'Unsupported',
      `Berth does not call Lambda functions as lifecycle hooks yet (${hookTargetArn ?? 'a hook without hookTargetArn'}): use a hook with targetType PAUSE and answer it with ContinueServiceDeployment.`,
    );
  }
  if (lifecycleStages.length === 0) {
    throw new Fault('InvalidParameter', 'A lifecycle hook must name at least one of the lifecycleStages.');
  }
  for (const stage of lifecycleStages) {
    if (LAMBDA_ONLY.has(stage)) {
      throw new Fault('InvalidParameter', `PAUSE hooks cannot be configured at the stage ${stage}.`);
    }
  }
  requireRange('timeoutInMinutes', timeoutConfiguration?.timeoutInMinutes, 1, MAX_HOOK_MINUTES);
}

function checkEarlySuccess(
  { strategy, earlySuccessCriteria }: RolloutConfiguration,
  minimumHealthyPercent: number,
): void {
  if (!earlySuccessCriteria?.enable) return;
  if (strategy !== undefined && strategy !== 'ROLLING') throw misplaced('earlySuccessCriteria', 'ROLLING', strategy);
  const { healthyPercent, sourceServiceRevisionCleanup } = earlySuccessCriteria;
  if (healthyPercent === undefined || sourceServiceRevisionCleanup === undefined) {
    throw new Fault(
      'InvalidParameter',
      'earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup when it is enabled.',
    );
  }
  requireRange('healthyPercent', healthyPercent, minimumHealthyPercent, 100);
}

function requireRange(name: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (value >= least && value <= most)) return;
  throw new Fault('InvalidParameter', `${name} must be from ${least} to ${most}, got ${value}.`);
}

function requireTenths(name: string, value: number | undefined, least: number): void {
  requireRange(name, value, least, 100);
  if (value === undefined || Math.abs(value * 10 - Math.round(value * 10)) < 1e-9) return;
  throw new Fault('InvalidParameter', `${name} must be a multiple of 0.1, got ${value}.`);
}

const misplaced = (member: string, home: string, strategy: string): Fault =>
  new Fault('InvalidParameter', `${member} is only valid with the strategy ${home}, not with ${strategy}.`);
