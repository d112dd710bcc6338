import type {
  CreateServiceRequest,
  DeploymentCircuitBreaker,
  DeploymentConfiguration,
  UpdateServiceRequest,
} from '@aws-sdk/client-ecs';
import type { ServiceChanges } from '#control/intents.ts';
import { Fault } from '#core/fault.ts';
import type { JsonObject } from '#core/json.ts';
import type { RolloutConfiguration } from '#core/model/rollout.ts';
import type { Scope } from '#core/model/scope.ts';
import type { CircuitBreaker } from '#core/model/service.ts';
import { definitionName } from '../identifiers.ts';
import { present } from '../present.ts';
import {
  capacityOf,
  networkConfigurationOf,
  placementConstraintsOf,
  placementStrategyOf,
  refuseOversize,
} from './launch-members.ts';

/** What CreateService and UpdateService have in common. */
type ServiceRequest = CreateServiceRequest & UpdateServiceRequest;

/** Reads the members both operations share. Members the request leaves out stay out. */
export function serviceChanges(scope: Scope, input: Partial<ServiceRequest>): ServiceChanges {
  refuseOversize(input);
  refuseOnDaemon(input);
  const { taskDefinition, deploymentConfiguration, placementConstraints, placementStrategy } = input;
  return {
    ...capacityOf(input),
    ...networkConfigurationOf(input.networkConfiguration),
    ...present({
      taskDefinition: taskDefinition === undefined ? undefined : definitionName(scope, taskDefinition),
      desiredCount: input.desiredCount,
      minimumHealthyPercent: deploymentConfiguration?.minimumHealthyPercent,
      maximumPercent: deploymentConfiguration?.maximumPercent,
      platformVersion: input.platformVersion,
      placementConstraints: placementConstraints && placementConstraintsOf(placementConstraints),
      placementStrategy: placementStrategy && placementStrategyOf(placementStrategy),
      enableExecuteCommand: input.enableExecuteCommand,
      enableECSManagedTags: input.enableECSManagedTags,
      propagateTags: input.propagateTags,
      availabilityZoneRebalancing: input.availabilityZoneRebalancing,
      healthCheckGracePeriodSeconds: input.healthCheckGracePeriodSeconds,
      circuitBreaker: circuitBreakerOf(deploymentConfiguration?.deploymentCircuitBreaker),
      rollout: rolloutOf(deploymentConfiguration),
    }),
    echo: echoOf(input),
  };
}

/** Stored and shown again; nothing acts on them yet. */
function echoOf(input: Partial<ServiceRequest>): JsonObject {
  const {
    minimumHealthyPercent: _minimum,
    maximumPercent: _maximum,
    deploymentCircuitBreaker: _breaker,
    strategy: _strategy,
    bakeTimeInMinutes: _bake,
    lifecycleHooks: _hooks,
    linearConfiguration: _linear,
    canaryConfiguration: _canary,
    earlySuccessCriteria: _early,
    ...deployment
  } = input.deploymentConfiguration ?? {};
  return present({
    loadBalancers: input.loadBalancers,
    serviceRegistries: input.serviceRegistries,
    roleArn: input.role,
    serviceConnectConfiguration: input.serviceConnectConfiguration,
    deploymentConfiguration: Object.keys(deployment).length > 0 ? deployment : undefined,
  }) as unknown as JsonObject;
}

const MAX_THRESHOLD = 10_000;

function circuitBreakerOf(input: DeploymentCircuitBreaker | undefined): CircuitBreaker | undefined {
  if (!input) return undefined;
  const { type, value } = input.thresholdConfiguration ?? {};
  if (value !== undefined && (value < 1 || value > MAX_THRESHOLD)) {
    throw new Fault(
      'InvalidParameter',
      `thresholdConfiguration value must be from 1 to ${MAX_THRESHOLD}, got ${value}.`,
    );
  }
  return {
    enable: input.enable ?? false,
    rollback: input.rollback ?? false,
    ...present({ resetOnHealthyTask: input.resetOnHealthyTask }),
    ...(type !== undefined && value !== undefined ? { threshold: { type, value } } : {}),
  };
}

/** A controller is not known by its scheduler further down, where the rest of what daemons can not have is refused. */
function refuseOnDaemon({ schedulingStrategy, deploymentController }: Partial<ServiceRequest>): void {
  if (schedulingStrategy !== 'DAEMON') return;
  const controller = deploymentController?.type ?? 'ECS';
  if (controller !== 'ECS') {
    throw new Fault(
      'InvalidParameter',
      `The daemon scheduling strategy does not support the ${controller} controller.`,
    );
  }
}

/** Kept as sent, so that it is shown as sent. */
function rolloutOf(input: DeploymentConfiguration = {}): RolloutConfiguration | undefined {
  const { strategy, bakeTimeInMinutes, lifecycleHooks, linearConfiguration, canaryConfiguration } = input;
  const { earlySuccessCriteria } = input;
  const rollout = present({
    strategy,
    bakeTimeInMinutes,
    lifecycleHooks,
    linearConfiguration,
    canaryConfiguration,
    earlySuccessCriteria,
  });
  return Object.keys(rollout).length > 0 ? (rollout as RolloutConfiguration) : undefined;
}
