import { randomUUID } from 'node:crypto';
import type { APIGatewayProxyEventV2, APIGatewayRequestAuthorizerEventV2 } from 'aws-lambda';
import type { Clock } from '#control/ports.ts';
import type { Scope } from '#core/model/scope.ts';
import type { ServedRequest } from './http-server.ts';

export interface GatewayContext {
  readonly scope: Scope;
  readonly clock: Clock;
}

/** What an HTTP API sends to a function for a request, payload format 2.0. */
export function toProxyEvent(context: GatewayContext, route: string, request: ServedRequest): APIGatewayProxyEventV2 {
  const { headers, body } = request;
  const base = common(context, route, request);
  // The gateway hands text over as text and everything it does not know to be text in base64.
  const isText = /^(text\/|application\/([\w.-]+\+)?(json|xml|javascript)|application\/x-amz-json)/.test(
    headers['content-type'] ?? '',
  );
  return {
    ...base,
    headers: { ...headers },
    ...(body.length > 0 && { body: body.toString(isText ? 'utf8' : 'base64') }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** What an HTTP API asks a Lambda authorizer, payload format 2.0. */
export function toAuthorizerEvent(
  context: GatewayContext,
  route: string,
  request: ServedRequest,
): APIGatewayRequestAuthorizerEventV2 {
  const { region, accountId } = context.scope;
  const { authorization } = request.headers;
  return {
    ...common(context, route, request),
    type: 'REQUEST',
    routeArn: `arn:aws:execute-api:${region}:${accountId}:local/$default/${route.replace(' ', '')}`,
    identitySource: authorization === undefined ? [] : [authorization],
    headers: { ...request.headers },
    cookies: [],
  };
}

function common({ scope, clock }: GatewayContext, route: string, { method, url, headers }: ServedRequest) {
  const [path = '/', ...query] = url.split('?');
  const now = clock.now();
  return {
    version: '2.0' as const,
    routeKey: route,
    rawPath: path,
    rawQueryString: query.join('?'),
    requestContext: {
      accountId: scope.accountId,
      apiId: 'local',
      domainName: headers['host'] ?? 'localhost',
      domainPrefix: 'local',
      http: {
        method,
        path,
        protocol: 'HTTP/1.1',
        sourceIp: '127.0.0.1',
        userAgent: headers['user-agent'] ?? '',
      },
      requestId: randomUUID(),
      routeKey: route,
      stage: '$default',
      time: new Date(now).toISOString(),
      timeEpoch: now,
    },
  };
}
