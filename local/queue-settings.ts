import { z } from 'zod';
import type { QueueSettings } from '#adapters/embedded/message-queue.ts';
import type { WorkKind } from '#events/work-item.ts';
import type { Resource } from './service-file.ts';

/** Logical ids of the queues in infra/queues.yml; the local queues carry them as names. */
export const WORK_QUEUES: Readonly<Record<WorkKind, string>> = {
  service: 'ServiceQueue',
  placement: 'PlacementQueue',
  capacity: 'CapacityQueue',
  object: 'ObjectQueue',
};

const properties = z.object({
  VisibilityTimeout: z.number().default(30),
  RedrivePolicy: z
    .object({
      deadLetterTargetArn: z.object({ 'Fn::GetAtt': z.array(z.string()).min(1) }),
      maxReceiveCount: z.number(),
    })
    .optional(),
});

/** The queues that the CloudFormation resources define, named by logical id. */
export function queueSettings(resources: Readonly<Record<string, Resource>>): readonly QueueSettings[] {
  const queues = Object.entries(resources).filter(([, { Type }]) => Type === 'AWS::SQS::Queue');
  return queues.map(([name, { Properties = {} }]) => {
    const { VisibilityTimeout, RedrivePolicy } = properties.parse(Properties);
    return {
      name,
      visibilityMs: VisibilityTimeout * 1_000,
      ...(RedrivePolicy && {
        redrive: {
          deadLetterQueue: RedrivePolicy.deadLetterTargetArn['Fn::GetAtt'][0] ?? '',
          maxReceiveCount: RedrivePolicy.maxReceiveCount,
        },
      }),
    };
  });
}
