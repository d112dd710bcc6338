import type { CapacityProviderStrategyItem, NetworkConfiguration } from '@aws-sdk/client-ecs';
import { Fault } from '#core/fault.ts';
import type { JsonObject } from '#core/json.ts';
import type { PlacementConstraint, PlacementStrategy } from '#core/model/placement.ts';
import type { LaunchType } from '#core/model/task-definition.ts';
import { parseQuery } from '#core/placement/query/parse-query.ts';

/** The members RunTask, StartTask and the service operations share. */

interface CapacityMembers {
  readonly launchType?: string | undefined;
  readonly capacityProviderStrategy?: readonly CapacityProviderStrategyItem[] | undefined;
}

/**
 * The launch type asked for; undefined when the request leaves it open.
 * FARGATE and FARGATE_SPOT are the capacity providers every account has, and both mean the launch type FARGATE.
 */
export function launchTypeOf({ launchType, capacityProviderStrategy }: CapacityMembers): LaunchType | undefined {
  if (launchType === 'MANAGED_INSTANCES') throw new Fault('Unsupported', 'Berth does not serve MANAGED_INSTANCES yet.');
  if (!capacityProviderStrategy?.length) return launchType as LaunchType | undefined;
  if (launchType !== undefined) {
    throw new Fault(
      'InvalidParameter',
      'Specifying both a launch type and capacity provider strategy is not supported.',
    );
  }
  for (const { capacityProvider } of capacityProviderStrategy) {
    if (capacityProvider !== 'FARGATE' && capacityProvider !== 'FARGATE_SPOT') {
      throw new Fault('InvalidParameter', `The specified capacity provider '${capacityProvider}' was not found.`);
    }
  }
  if (capacityProviderStrategy.every(({ weight = 0, base = 0 }) => weight === 0 && base === 0)) {
    throw new Fault('InvalidParameter', 'At least one capacity provider must have a weight greater than 0.');
  }
  return 'FARGATE';
}

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

/** Where a Fargate task runs is not its owner's to say. */
export function refuseFargatePlacement(
  launchType: LaunchType | undefined,
  members: { readonly placementConstraints?: readonly unknown[]; readonly placementStrategy?: readonly unknown[] },
): void {
  if (launchType !== 'FARGATE') return;
  if (members.placementConstraints?.length) {
    throw new Fault('InvalidParameter', 'Placement constraints are not supported with FARGATE launch type.');
  }
  if (members.placementStrategy?.length) {
    throw new Fault('InvalidParameter', 'Placement strategies are not supported with FARGATE launch type.');
  }
}

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

/** Members whose meaning Berth cannot give yet are refused rather than forgotten. */
export function refuseGiven(members: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(members)) {
    const isEmpty = value === undefined || (Array.isArray(value) && value.length === 0);
    if (!isEmpty) throw new Fault('Unsupported', `Berth does not serve '${name}' yet.`);
  }
}
