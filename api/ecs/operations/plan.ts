import { dryRun, type PlannedStart, type PlannedStop } from '#control/dry-run/dry-run.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import { Fault } from '#core/fault.ts';
import { containerInstanceArn, taskArn, taskDefinitionArn } from '#core/model/arn.ts';
import { clusterName } from '../identifiers.ts';
import type { Call, Operation } from '../operation.ts';
import { decode } from '../schema/decode.ts';
import type { Shape } from '../schema/shape.ts';
import { rejectionViews } from '../views/rejection.ts';

interface PlanRequest {
  readonly operation?: string;
  readonly input?: unknown;
}

const INPUT: Shape = {
  kind: 'structure',
  name: 'PlanRequest',
  members: new Map([
    ['operation', (): Shape => ({ kind: 'string' })],
    ['input', (): Shape => ({ kind: 'document' })],
  ]),
  required: new Set(['operation']),
};

/**
 * `X-Amz-Target: Berth.Plan`, an operation ECS does not have: what another request would start and stop, and where,
 * changing nothing. The other request is decoded, checked and refused as if it had been sent itself.
 */
export const planOperation = (plannable: ReadonlyMap<string, Operation>): Operation => ({
  input: INPUT,
  output: { kind: 'document' },
  run: async (call, given) => {
    const { operation: name = '', input = {} } = given as PlanRequest;
    const operation = plannable.get(name);
    if (!operation) {
      throw new Fault(
        'InvalidParameter',
        `operation must be one of ${[...plannable.keys()].join(', ')}, got '${name.slice(0, 100)}'.`,
      );
    }
    const decoded = decode(operation.input, input, '');
    const cluster = clusterName(call.deps.scope, (decoded as { cluster?: string }).cluster);
    const fleet = createFleetCache({ maxAgeMs: Number.POSITIVE_INFINITY });
    const { starts, stops } = await dryRun(call.deps, fleet, (deps) => operation.run({ ...call, deps }, decoded));
    return {
      starts: starts.map((start) => startView(call, cluster, start)),
      stops: stops.map((stop) => stopView(call, cluster, stop)),
    };
  },
});

const definitionOf = ({ deps }: Call, { definition }: PlannedStart | PlannedStop): string =>
  taskDefinitionArn(deps.scope, definition.family, definition.revision);

function startView(call: Call, cluster: string, start: PlannedStart): object {
  const { group, instanceId, placement } = start;
  const { scope } = call.deps;
  return {
    group,
    taskDefinitionArn: definitionOf(call, start),
    ...(instanceId === undefined ? {} : { containerInstanceArn: containerInstanceArn(scope, cluster, instanceId) }),
    ...(placement
      ? {
          rejections: rejectionViews(scope, cluster, placement.rejections),
          considered: placement.considered,
          remedies: placement.remedies,
        }
      : {}),
  };
}

const stopView = (call: Call, cluster: string, stop: PlannedStop): object => ({
  taskArn: taskArn(call.deps.scope, cluster, stop.taskId),
  group: stop.group,
  taskDefinitionArn: definitionOf(call, stop),
  ...(stop.instanceId === undefined
    ? {}
    : { containerInstanceArn: containerInstanceArn(call.deps.scope, cluster, stop.instanceId) }),
  reason: stop.reason,
});
