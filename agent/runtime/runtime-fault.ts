/** Names ECS uses as prefixes of a stopped reason. */
export type RuntimeFaultCode =
  | 'CannotPullContainerError'
  | 'CannotCreateContainerError'
  | 'CannotStartContainerError'
  | 'CannotStopContainerError'
  | 'CannotInspectContainerError'
  | 'ContainerRuntimeTimeoutError'
  | 'ResourceInitializationError'
  | 'OutOfMemoryError'
  /** Of pods alone: what a container is to be like can not be had here. */
  | 'ContainerConfigurationError'
  /** Of pods alone: the image is not on the machine, and must not be pulled. */
  | 'ImageNotPresentError';

/** Longest reason the wire carries. */
const MAX_REASON = 1024;

/** A container runtime could not do what it was asked; `reason` is what users read in `stoppedReason`. */
export class RuntimeFault extends Error {
  override readonly name = 'RuntimeFault';
  readonly code: RuntimeFaultCode;

  constructor(code: RuntimeFaultCode, message: string, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  get reason(): string {
    return `${this.code}: ${this.message}`.slice(0, MAX_REASON);
  }
}

/** Any error as a fault; errors of unknown origin take the code of the step that failed. */
export function asRuntimeFault(error: unknown, code: RuntimeFaultCode): RuntimeFault {
  if (error instanceof RuntimeFault) return error;
  return new RuntimeFault(code, error instanceof Error ? error.message : String(error), { cause: error });
}
