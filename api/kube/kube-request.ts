/** A request of the Kubernetes face, body still as bytes. Header names are in lower case. */
export interface KubeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  /** Aborts when the client went away; a watch ends then. */
  readonly signal?: AbortSignal;
}

/** An answer at once, or one that goes on as pieces of text until it is over. */
export interface KubeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<string>;
}

export const jsonAnswer = (status: number, value: unknown, contentType = 'application/json'): KubeAnswer => ({
  status,
  headers: { 'content-type': contentType },
  body: JSON.stringify(value),
});

export const bytesAnswer = (status: number, body: Uint8Array, contentType: string): KubeAnswer => ({
  status,
  headers: { 'content-type': contentType },
  body,
});

export const textAnswer = (status: number, body: string): KubeAnswer => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8' },
  body,
});
