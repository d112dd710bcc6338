import { Fault } from '#core/fault.ts';
import type { HookAnswer } from '#core/model/rollout.ts';
import type { Service, ServiceDeploymentRecord } from '#core/model/service.ts';
import type { Dependencies } from '../dependencies.ts';
import { type DeploymentReference, steerDeployment } from './steer-deployment.ts';

export interface ContinueDeploymentIntent extends DeploymentReference, HookAnswer {}

/**
 * ContinueServiceDeployment: answers a hook at which a deployment waits. The worker takes it from there. The same answer
 * again changes nothing.
 * Faults: ServiceDeploymentNotFound; InvalidParameter when the deployment does not wait at that hook.
 */
export async function continueDeployment(deps: Dependencies, intent: ContinueDeploymentIntent): Promise<void> {
  const { hookId, action } = intent;
  await steerDeployment(deps, intent, async (service, record) => {
    requireAwaiting(service, record, hookId);
    const given = service.hookAnswers ?? [];
    const answer = given.find((one) => one.hookId === hookId);
    if (answer?.action === action) return undefined;
    if (answer) throw new Fault('InvalidParameter', `The hook ${hookId} was answered with ${answer.action} already.`);
    // Answers to hooks that were passed are of no use any more.
    const awaited = new Set(record.shift?.hooks.map((hook) => hook.hookId));
    return { ...service, hookAnswers: [...given.filter((one) => awaited.has(one.hookId)), { hookId, action }] };
  });
}

function requireAwaiting(service: Service, { status, spec, shift }: ServiceDeploymentRecord, hookId: string): void {
  if (status !== 'IN_PROGRESS' || service.deployment.id !== spec.id) {
    throw new Fault('InvalidParameter', `The service deployment is ${status} and can not be continued.`);
  }
  const hook = shift?.hooks.find((one) => one.hookId === hookId);
  if (hook?.status === 'AWAITING_ACTION') return;
  const why = hook ? `is ${hook.status}` : `is no hook at which the service deployment waits now`;
  throw new Fault(
    'InvalidParameter',
    `The hook '${hookId.slice(0, 200)}' ${why}: see lifecycleHookDetails of DescribeServiceDeployments.`,
  );
}
