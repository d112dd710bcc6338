import type { FaultCode } from '#core/fault.ts';

/**
 * HTTP status of every fault on the agent wire.
 * 410 asks the agent to register as a new instance; 409 tells it that a newer life of it took over.
 */
export const AGENT_FAULT_STATUS: Readonly<Record<FaultCode, number>> = {
  AccessDenied: 403,
  Unauthenticated: 401,
  InvalidParameter: 400,
  Refused: 400,
  Unsupported: 400,
  LimitExceeded: 429,
  AttributeLimitExceeded: 400,
  Conflict: 409,
  UpdateInProgress: 409,
  ClusterNotFound: 404,
  ClusterContainsServices: 409,
  ClusterContainsTasks: 409,
  ClusterContainsContainerInstances: 409,
  ResourceInUse: 409,
  ServiceNotFound: 404,
  ServiceNotActive: 409,
  ServiceDeploymentNotFound: 404,
  ResourceNotFound: 410,
  TargetNotFound: 404,
  AlreadyExists: 409,
  Invalid: 422,
  Expired: 410,
  Contended: 503,
  Unavailable: 503,
};
