/**
 * The one closed set of things that can be wrong with a request or with the world.
 * Each wire protocol maps it with one total table (api/ecs/fault-table.ts and its siblings).
 */
export type FaultCode =
  | 'AccessDenied'
  | 'Unauthenticated'
  | 'InvalidParameter'
  | 'Refused'
  | 'Unsupported'
  | 'LimitExceeded'
  | 'AttributeLimitExceeded'
  | 'Conflict'
  | 'UpdateInProgress'
  | 'ClusterNotFound'
  | 'ClusterContainsServices'
  | 'ClusterContainsTasks'
  | 'ClusterContainsContainerInstances'
  | 'ResourceInUse'
  | 'ServiceNotFound'
  | 'ServiceNotActive'
  | 'ServiceDeploymentNotFound'
  | 'ResourceNotFound'
  | 'TargetNotFound'
  | 'AlreadyExists'
  | 'Invalid'
  | 'Expired'
  | 'TargetNotConnected'
  | 'TaskSetNotFound'
  | 'NamespaceNotFound'
  | 'Contended'
  | 'Unavailable';

export interface FaultDetail {
  /** ARNs or ids of what already stands where the request wanted to write. */
  readonly resourceIds?: readonly string[];
  /** A narrower machine-readable reason for the wire, for example an authentication sub-code. */
  readonly reason?: string;
  /** What is wrong with which field of the object that was sent. */
  readonly causes?: readonly FieldCause[];
  /** Which object of the Kubernetes face it is about. */
  readonly object?: { readonly group: string; readonly kind: string; readonly name: string };
}

/** One field that is wrong, as Kubernetes tells it. */
export interface FieldCause {
  /** Path such as `spec.containers[0].image`. */
  readonly field: string;
  readonly reason:
    | 'FieldValueRequired'
    | 'FieldValueInvalid'
    | 'FieldValueNotSupported'
    | 'FieldValueForbidden'
    | 'FieldValueDuplicate'
    | 'FieldValueNotFound'
    | 'FieldValueTooLong'
    | 'FieldValueTypeInvalid'
    /** Somebody else has set it (server-side apply). */
    | 'FieldManagerConflict'
    /** No field at all: a disruption budget stands in the way. */
    | 'DisruptionBudget';
  readonly message: string;
}

/** A failure the caller can act on. Everything else that is thrown is a bug. */
export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  readonly detail: FaultDetail;

  constructor(code: FaultCode, message: string, detail: FaultDetail = {}, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
    this.detail = detail;
  }
}
