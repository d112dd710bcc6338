import path from 'node:path';
import { z } from 'zod';
import { readChannelRoutes } from './read-channel-routes.ts';
import { readYaml } from './read-yaml.ts';
import { resolveVariables, type VariableContext } from './resolve-variables.ts';
import type { EventSpec, FunctionSpec, Resource, ServiceFile } from './service-file.ts';

const attributeOf = z
  .object({ 'Fn::GetAtt': z.array(z.string()).min(2) })
  .transform((value) => value['Fn::GetAtt'][0] ?? '');

const response = z.literal('ReportBatchItemFailures').optional();

const httpEvent = z
  .strictObject({ httpApi: z.string() })
  .transform(({ httpApi }): EventSpec => ({ kind: 'http', route: httpApi }));

const scheduleEvent = z.strictObject({ schedule: z.string() }).transform((): EventSpec => ({ kind: 'schedule' }));

const websocketEvent = z
  .strictObject({ websocket: z.enum(['$connect', '$disconnect', '$default']) })
  .transform(({ websocket }): EventSpec => ({ kind: 'websocket', route: websocket }));

const queueEvent = z
  .strictObject({
    sqs: z.strictObject({
      arn: attributeOf,
      batchSize: z.number().default(10),
      maximumBatchingWindow: z.number().default(0),
      maximumConcurrency: z.number().optional(),
      functionResponseType: response,
      filterPatterns: z.array(z.unknown()).default([]),
    }),
  })
  .transform(
    ({ sqs }): EventSpec => ({
      kind: 'queue',
      queue: sqs.arn,
      batchSize: sqs.batchSize,
      batchWindowMs: sqs.maximumBatchingWindow * 1_000,
      ...(sqs.maximumConcurrency !== undefined && { maximumConcurrency: sqs.maximumConcurrency }),
      reportFailures: sqs.functionResponseType !== undefined,
      filterPatterns: sqs.filterPatterns,
    }),
  );

const streamEvent = z
  .strictObject({
    stream: z.strictObject({
      type: z.literal('dynamodb'),
      arn: attributeOf,
      enabled: z.boolean().default(true),
      batchSize: z.number().default(100),
      batchWindow: z.number().default(0),
      startingPosition: z.enum(['TRIM_HORIZON', 'LATEST']),
      // With more, AWS hands out several batches of a shard at a time, split by key: more invocations, and wakes of one
      // service that no longer meet in one batch. The runner cannot do it, so the file must not ask for it.
      parallelizationFactor: z.literal(1).default(1),
      functionResponseType: response,
      bisectBatchOnFunctionError: z.boolean().default(false),
      maximumRetryAttempts: z.number(),
      maximumRecordAgeInSeconds: z.number(),
      destinations: z
        .strictObject({ onFailure: z.strictObject({ type: z.literal('sqs'), arn: attributeOf }) })
        .optional(),
      filterPatterns: z.array(z.unknown()).default([]),
    }),
  })
  .transform(
    ({ stream }): EventSpec => ({
      kind: 'stream',
      table: stream.arn,
      isEnabled: stream.enabled,
      batchSize: stream.batchSize,
      batchWindowMs: stream.batchWindow * 1_000,
      startingPosition: stream.startingPosition,
      maximumRetryAttempts: stream.maximumRetryAttempts,
      maximumRecordAgeMs: stream.maximumRecordAgeInSeconds * 1_000,
      bisect: stream.bisectBatchOnFunctionError,
      reportFailures: stream.functionResponseType !== undefined,
      ...(stream.destinations && { onFailure: stream.destinations.onFailure.arn }),
      filterPatterns: stream.filterPatterns,
    }),
  );

const functionSpec = z.object({
  handler: z.string().regex(/^[\w/-]+\.handler$/),
  timeout: z.number().optional(),
  url: z.union([z.literal(true), z.strictObject({ invokeMode: z.literal('RESPONSE_STREAM') })]).optional(),
  // An event the runner cannot drive must stop it: a route or a queue nobody serves would only be missed.
  events: z.array(z.union([httpEvent, scheduleEvent, websocketEvent, queueEvent, streamEvent])).default([]),
});

const serviceFile = z.object({
  provider: z.object({ timeout: z.number() }),
  functions: z.record(z.string(), functionSpec),
  resources: z.array(z.object({ Resources: z.record(z.string(), z.custom<Resource>()) })),
});

/**
 * Reads serverless.yml in `root`, with the options and parameters a deployment may be given on its command line; none
 * unless told otherwise. Throws when it says something the local runner cannot do.
 */
export function readServiceFile(root: string, options: VariableContext['options'] = {}): ServiceFile {
  const service = readYaml(path.join(root, 'serverless.yml'));
  const resolved = serviceFile.parse(resolveVariables(service, { root, stage: 'local', service, options }));
  const resources = Object.assign({}, ...resolved.resources.map((fragment) => fragment.Resources));
  const functions = Object.entries(resolved.functions).map(
    ([name, { handler, timeout, url, events }]): FunctionSpec => ({
      name,
      module: handler.replace(/\.handler$/, ''),
      timeoutMs: (timeout ?? resolved.provider.timeout) * 1_000,
      hasUrl: url !== undefined,
      events,
    }),
  );
  return { functions, resources, channelRoutes: readChannelRoutes(resources) };
}
