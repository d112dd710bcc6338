import type { CapacityProviderStrategyItem, NetworkConfiguration } from '@aws-sdk/client-ecs';
import type { Capacity } from '#core/capacity/resolve-capacity.ts';
import { Fault } from '#core/fault.ts';
import type { JsonObject } from '#core/json.ts';
import type { PlacementConstraint, PlacementStrategy } from '#core/model/placement.ts';
import type { LaunchType } from '#core/model/task-definition.ts';
import { parseQuery } from '#core/placement/query/parse-query.ts';
import { present } from '../present.ts';
import { strategyOf } from './cluster-members.ts';

/** The members RunTask, StartTask and the service operations share. */

interface CapacityMembers {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
}

/** Where tasks shall run; what the request leaves open, the cluster's default strategy says. */
export function capacityOf({ launchType, capacityProviderStrategy: strategy }: CapacityMembers): Partial<Capacity> {
  if (strategy?.length && launchType !== undefined) {
    throw new Fault(
      'InvalidParameter',
      'Specifying both a launch type and capacity provider strategy is not supported.',
    );
  }
  return present({
    launchType: launchTypeOf(launchType),
    capacityProviderStrategy: strategy && strategyOf(strategy),
  });
}

/** What decode and the member policies let pass is a launch type of Berth's. */
export const launchTypeOf = (launchType: string | undefined): LaunchType | undefined =>
  launchType as LaunchType | undefined;

/** Only a configuration that says something counts as one. */
export const networkConfigurationOf = (
  configuration: NetworkConfiguration | undefined,
): { readonly networkConfiguration?: JsonObject } => {
  if (!configuration?.awsvpcConfiguration) return {};
  if (!configuration.awsvpcConfiguration.subnets?.length) {
    throw new Fault('InvalidParameter', 'subnets can not be empty.');
  }
  return { networkConfiguration: configuration as unknown as JsonObject };
};

export const placementConstraintsOf = (
  constraints: readonly { readonly type?: string | undefined; readonly expression?: string | undefined }[] | undefined,
): readonly PlacementConstraint[] =>
  (constraints ?? []).map(({ type, expression }) => {
    if (type === undefined) throw new Fault('InvalidParameter', 'Placement constraint type can not be blank.');
    if (type === 'distinctInstance') {
      if (expression === undefined) return { type };
      throw new Fault('InvalidParameter', 'distinctInstance expression should not be specified.');
    }
    if (!expression) throw new Fault('InvalidParameter', 'Placement constraint memberOf requires an expression.');
    parseQuery(expression);
    return { type: type as PlacementConstraint['type'], expression };
  });

export const placementStrategyOf = (
  strategies: readonly { readonly type?: string | undefined; readonly field?: string | undefined }[] | undefined,
): readonly PlacementStrategy[] =>
  (strategies ?? []).map(({ type, field }) => {
    if (type === undefined) throw new Fault('InvalidParameter', 'Placement strategy type can not be blank.');
    if (type === 'binpack' && !/^(cpu|memory)$/i.test(field ?? '')) {
      throw new Fault('InvalidParameter', 'Placement strategy binpack requires the field cpu or memory.');
    }
    return { type: type as PlacementStrategy['type'], ...(field === undefined ? {} : { field }) };
  });

const MAX_OVERRIDES = 8192;

export function overridesOf(overrides: object | undefined): { readonly overrides?: JsonObject } {
  if (!overrides) return {};
  if (JSON.stringify(overrides).length > MAX_OVERRIDES) {
    throw new Fault('InvalidParameter', `Overrides length must be at most ${MAX_OVERRIDES}.`);
  }
  return { overrides: overrides as JsonObject };
}

const MAX_REQUEST = 64 * 1024;

/** What is stored as one item must stay far below what a store takes. */
export function refuseOversize(input: object): void {
  if (JSON.stringify(input).length > MAX_REQUEST) {
    throw new Fault('InvalidParameter', `The request must have at most ${MAX_REQUEST} characters.`);
  }
}
