import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';

/** A request as the protocol faces read it. */
export interface PlainRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Reads an event of an HTTP API or a function URL, payload format 2.0: names in lower case, the body as it was sent. */
export function readEvent(event: APIGatewayProxyEventV2): Omit<PlainRequest, 'body'> & { readonly body: Buffer } {
  const headers = Object.entries(event.headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name.toLowerCase(), value] as const],
  );
  return {
    method: event.requestContext.http.method,
    path: event.rawPath,
    query: event.rawQueryString,
    headers: Object.fromEntries(headers),
    body: Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8'),
  };
}

/** The same with a body that is text; repeated headers are already joined by commas. */
export function fromGateway(event: APIGatewayProxyEventV2): PlainRequest {
  const request = readEvent(event);
  return { ...request, body: request.body.toString('utf8') };
}

export const toGateway = ({ status, headers, body }: PlainResponse): APIGatewayProxyStructuredResultV2 => ({
  statusCode: status,
  headers: { ...headers },
  body,
});
