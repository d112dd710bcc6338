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
