/**
 * A failure of the protocol itself, which only AWS JSON has a word for: a signature, an unreadable body, an
 * unknown operation. What is wrong with a request's meaning is a Fault.
 */
export class WireError extends Error {
  override readonly name = 'WireError';
  /** Short name of the error class, as `__type` carries it. */
  readonly type: string;
  readonly status: number;

  constructor(type: string, message: string, status = 400, options?: { readonly cause?: unknown }) {
    super(message, options);
    this.type = type;
    this.status = status;
  }
}

/** The body is not what the operation's model says. */
export const serializationError = (message: string): WireError => new WireError('SerializationException', message);
