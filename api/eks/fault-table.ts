import type { Fault, FaultCode } from '#core/fault.ts';
import type { WireError } from '../ecs/wire-error.ts';

interface ErrorClass {
  readonly type: string;
  readonly status: number;
}

const invalidParameter: ErrorClass = { type: 'InvalidParameterException', status: 400 };
const invalidRequest: ErrorClass = { type: 'InvalidRequestException', status: 400 };
const inUse: ErrorClass = { type: 'ResourceInUseException', status: 409 };
const notFound: ErrorClass = { type: 'ResourceNotFoundException', status: 404 };
const limit: ErrorClass = { type: 'ResourceLimitExceededException', status: 400 };

/** One EKS error class for every fault: total, so a new fault does not compile without a place here. */
const ERROR_CLASSES: Readonly<Record<FaultCode, ErrorClass>> = {
  AccessDenied: { type: 'AccessDeniedException', status: 403 },
  Unauthenticated: { type: 'UnrecognizedClientException', status: 403 },
  InvalidParameter: invalidParameter,
  Invalid: invalidParameter,
  Expired: invalidParameter,
  Refused: invalidRequest,
  Unsupported: { type: 'ClientException', status: 400 },
  LimitExceeded: limit,
  AttributeLimitExceeded: limit,
  Conflict: inUse,
  UpdateInProgress: inUse,
  AlreadyExists: inUse,
  ResourceInUse: inUse,
  ClusterContainsServices: inUse,
  ClusterContainsTasks: inUse,
  ClusterContainsContainerInstances: inUse,
  ServiceNotActive: invalidRequest,
  TargetNotConnected: invalidRequest,
  ClusterNotFound: notFound,
  ResourceNotFound: notFound,
  ServiceNotFound: notFound,
  ServiceDeploymentNotFound: notFound,
  TargetNotFound: notFound,
  TaskSetNotFound: notFound,
  NamespaceNotFound: notFound,
  // SDKs back off and retry on this class, which is just what lost races need.
  Contended: { type: 'ThrottlingException', status: 429 },
  Unavailable: { type: 'ServerException', status: 500 },
};

/** The operations on tags have classes of their own for the two things that can be wrong with them. */
const TAG_CLASSES: ReadonlyMap<string, ErrorClass> = new Map([
  [invalidParameter.type, { type: 'BadRequestException', status: 400 }],
  [notFound.type, { type: 'NotFoundException', status: 404 }],
]);

export interface ErrorAnswer extends ErrorClass {
  readonly message: string;
}

export function faultAnswer({ code, message }: Fault, isAboutTags: boolean): ErrorAnswer {
  const plain = ERROR_CLASSES[code];
  return { ...((isAboutTags && TAG_CLASSES.get(plain.type)) || plain), message };
}

export const wireErrorAnswer = ({ type, status, message }: WireError): ErrorAnswer => ({ type, status, message });

/** A bug: the caller learns that it happened, the log learns what. */
export const BUG_ANSWER: ErrorAnswer = {
  type: 'ServerException',
  status: 500,
  message: 'Service Unavailable. Please try again later.',
};
