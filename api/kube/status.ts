import type { Fault, FaultCode, FieldCause } from '#core/fault.ts';
import { jsonAnswer, type KubeAnswer } from './kube-request.ts';

interface StatusClass {
  readonly code: number;
  readonly reason: string;
}

/** One Kubernetes status for every fault: total, so a new fault does not compile without a place here. */
const STATUS_OF: Readonly<Record<FaultCode, StatusClass>> = {
  AccessDenied: { code: 403, reason: 'Forbidden' },
  Unauthenticated: { code: 401, reason: 'Unauthorized' },
  InvalidParameter: { code: 400, reason: 'BadRequest' },
  Refused: { code: 400, reason: 'BadRequest' },
  Unsupported: { code: 501, reason: 'NotImplemented' },
  LimitExceeded: { code: 413, reason: 'RequestEntityTooLarge' },
  AttributeLimitExceeded: { code: 403, reason: 'Forbidden' },
  Conflict: { code: 409, reason: 'Conflict' },
  UpdateInProgress: { code: 409, reason: 'Conflict' },
  ClusterNotFound: { code: 404, reason: 'NotFound' },
  ClusterContainsServices: { code: 409, reason: 'Conflict' },
  ClusterContainsTasks: { code: 409, reason: 'Conflict' },
  ClusterContainsContainerInstances: { code: 409, reason: 'Conflict' },
  ResourceInUse: { code: 409, reason: 'Conflict' },
  ServiceNotFound: { code: 404, reason: 'NotFound' },
  ServiceNotActive: { code: 409, reason: 'Conflict' },
  ServiceDeploymentNotFound: { code: 404, reason: 'NotFound' },
  ResourceNotFound: { code: 404, reason: 'NotFound' },
  TargetNotFound: { code: 404, reason: 'NotFound' },
  TargetNotConnected: { code: 409, reason: 'Conflict' },
  TaskSetNotFound: { code: 404, reason: 'NotFound' },
  NamespaceNotFound: { code: 404, reason: 'NotFound' },
  AlreadyExists: { code: 409, reason: 'AlreadyExists' },
  Invalid: { code: 422, reason: 'Invalid' },
  Expired: { code: 410, reason: 'Expired' },
  // Clients wait as Retry-After says and try again, which is just what lost races need.
  Contended: { code: 429, reason: 'TooManyRequests' },
  Unavailable: { code: 503, reason: 'ServiceUnavailable' },
};

/** A body of a type nobody reads: the one thing that has a status of its own only on this wire. */
const UNSUPPORTED: StatusClass = { code: 415, reason: 'UnsupportedMediaType' };

/** A `Status` object of meta/v1. */
export interface Status {
  readonly kind: 'Status';
  readonly apiVersion: 'v1';
  readonly metadata: object;
  readonly status: 'Success' | 'Failure';
  readonly message?: string;
  readonly reason?: string;
  readonly details?: object;
  readonly code?: number;
}

export const failure = (code: number, reason: string, message: string, details?: object): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Failure',
  message,
  reason,
  ...(details && { details }),
  code,
});

export const success = (details: object): Status => ({
  kind: 'Status',
  apiVersion: 'v1',
  metadata: {},
  status: 'Success',
  details,
});

/** What a fault looks like to kubectl; a bug shows nothing of the inside. */
export function faultStatus(fault: Fault): Status {
  const { code, reason } = fault.detail.reason === UNSUPPORTED.reason ? UNSUPPORTED : STATUS_OF[fault.code];
  const { object, causes = [] } = fault.detail;
  const details = {
    ...(object && { ...object, name: shortened(object.name) }),
    ...(causes.length > 0 ? { causes: causes.slice(0, MAX_CAUSES).map(causeOf) } : {}),
    ...(code === 429 ? { retryAfterSeconds: 1 } : {}),
  };
  return failure(code, reason, shortened(fault.message), Object.keys(details).length > 0 ? details : undefined);
}

/** What was sent may be repeated in what is wrong with it, but not at any length. */
const MAX_TEXT = 8_192;
const MAX_CAUSES = 50;
const shortened = (text: string): string => (text.length > MAX_TEXT ? `${text.slice(0, MAX_TEXT)}...` : text);

const causeOf = ({ field, reason, message }: FieldCause): object => ({
  reason,
  message: message.slice(0, MAX_CAUSE_TEXT),
  ...(field && { field: field.slice(0, MAX_CAUSE_TEXT) }),
});
const MAX_CAUSE_TEXT = 500;

export const BUG_STATUS = failure(500, 'InternalError', 'Berth could not answer; the cause is in its log.');

export function statusAnswer(status: Status): KubeAnswer {
  const answer = jsonAnswer(status.code ?? 200, status);
  return status.code === 429 ? { ...answer, headers: { ...answer.headers, 'retry-after': '1' } } : answer;
}
