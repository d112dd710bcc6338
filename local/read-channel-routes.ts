import { z } from 'zod';
import type { ChannelRoute, Resource } from './service-file.ts';

const route = z.object({
  RouteKey: z.string(),
  AuthorizationType: z.literal('CUSTOM'),
  AuthorizerId: z.object({ Ref: z.string() }),
  Target: z.object({ 'Fn::Sub': z.string().regex(/^integrations\/\$\{\w+\}$/) }),
});
const integration = z.object({
  IntegrationSubtype: z.literal('SQS-ReceiveMessage'),
  RequestParameters: z.object({
    QueueUrl: z.literal('$context.authorizer.queueUrl'),
    MaxNumberOfMessages: z.coerce.number(),
    WaitTimeSeconds: z.coerce.number(),
  }),
});
const authorizer = z.object({
  EnableSimpleResponses: z.literal(true),
  AuthorizerResultTtlInSeconds: z.number().min(0).max(3_600),
  // What its verdicts are remembered by.
  IdentitySource: z.tuple([z.literal('$request.header.Authorization')]),
  AuthorizerUri: z.object({ 'Fn::Sub': z.string() }),
});

/** Finds the routes whose integration receives from the queue that their authorizer names. */
export function readChannelRoutes(resources: Readonly<Record<string, Resource>>): readonly ChannelRoute[] {
  const routes = Object.values(resources).filter(({ Type }) => Type === 'AWS::ApiGatewayV2::Route');
  return routes.map(({ Properties }) => {
    const { RouteKey, AuthorizerId, Target } = route.parse(Properties);
    const [, integrationId = ''] = /\{(\w+)\}/.exec(Target['Fn::Sub']) ?? [];
    const { RequestParameters } = integration.parse(resources[integrationId]?.Properties);
    const { AuthorizerUri, AuthorizerResultTtlInSeconds } = authorizer.parse(resources[AuthorizerId.Ref]?.Properties);
    return {
      route: RouteKey,
      authorizer: functionOf(AuthorizerUri['Fn::Sub']),
      verdictMs: AuthorizerResultTtlInSeconds * 1_000,
      waitMs: RequestParameters.WaitTimeSeconds * 1_000,
      maxMessages: RequestParameters.MaxNumberOfMessages,
    };
  });
}

/** The framework names the resource of function `someName` `SomeNameLambdaFunction`. */
function functionOf(uri: string): string {
  const name = /\$\{(\w+)LambdaFunction\.Arn\}/.exec(uri)?.[1];
  if (name === undefined) throw new Error(`no function in the authorizer's address ${uri}`);
  return name.charAt(0).toLowerCase() + name.slice(1);
}
