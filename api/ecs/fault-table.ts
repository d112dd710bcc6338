import type { Fault, FaultCode } from '#core/fault.ts';
import type { WireError } from './wire-error.ts';

/** One ECS error class for every fault: total, so a new fault does not compile without a place here. */
const ERROR_CLASSES: Readonly<Record<FaultCode, { readonly type: string; readonly status: number }>> = {
  AccessDenied: { type: 'AccessDeniedException', status: 400 },
  Unauthenticated: { type: 'UnrecognizedClientException', status: 403 },
  InvalidParameter: { type: 'InvalidParameterException', status: 400 },
  Refused: { type: 'ClientException', status: 400 },
  Unsupported: { type: 'UnsupportedFeatureException', status: 400 },
  AttributeLimitExceeded: { type: 'AttributeLimitExceededException', status: 400 },
  LimitExceeded: { type: 'LimitExceededException', status: 400 },
  Conflict: { type: 'ConflictException', status: 400 },
  UpdateInProgress: { type: 'UpdateInProgressException', status: 400 },
  ClusterNotFound: { type: 'ClusterNotFoundException', status: 400 },
  ClusterContainsServices: { type: 'ClusterContainsServicesException', status: 400 },
  ClusterContainsTasks: { type: 'ClusterContainsTasksException', status: 400 },
  ClusterContainsContainerInstances: { type: 'ClusterContainsContainerInstancesException', status: 400 },
  ResourceInUse: { type: 'ResourceInUseException', status: 400 },
  ServiceNotFound: { type: 'ServiceNotFoundException', status: 400 },
  ServiceNotActive: { type: 'ServiceNotActiveException', status: 400 },
  ServiceDeploymentNotFound: { type: 'ServiceDeploymentNotFoundException', status: 400 },
  TargetNotFound: { type: 'TargetNotFoundException', status: 400 },
  ResourceNotFound: { type: 'ResourceNotFoundException', status: 400 },
  AlreadyExists: { type: 'InvalidParameterException', status: 400 },
  Invalid: { type: 'InvalidParameterException', status: 400 },
  Expired: { type: 'InvalidParameterException', status: 400 },
  // SDKs back off and retry on this class, which is just what lost races need.
  Contended: { type: 'ThrottlingException', status: 400 },
  Unavailable: { type: 'ServerException', status: 500 },
};

export interface ErrorBody {
  readonly status: number;
  readonly body: { readonly __type: string; readonly message: string; readonly resourceIds?: readonly string[] };
}

export function faultBody(fault: Fault): ErrorBody {
  const { type, status } = ERROR_CLASSES[fault.code];
  const { resourceIds } = fault.detail;
  return { status, body: { __type: type, message: fault.message, ...(resourceIds ? { resourceIds } : {}) } };
}

export const wireErrorBody = (error: WireError): ErrorBody => ({
  status: error.status,
  body: { __type: error.type, message: error.message },
});

/** A bug: the caller learns that it happened, the log learns what. */
export const BUG_BODY: ErrorBody = {
  status: 500,
  body: { __type: 'ServerException', message: 'Service Unavailable. Please try again later.' },
};
