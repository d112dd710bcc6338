import { z } from 'zod';

/** Up to a year; fractions are hours, too. */
const hours = z.coerce.number().positive().max(8_760).default(24);

const schema = z.object({
  AWS_REGION: z.string().min(1),
  BERTH_ACCOUNT_ID: z.string().regex(/^\d{12}$/),
  BERTH_TABLE: z.string().min(1),
  BERTH_ACCESS_KEYS_PATH: z.string().startsWith('/'),
  BERTH_QUEUE_SERVICE: z.url(),
  BERTH_QUEUE_PLACEMENT: z.url(),
  BERTH_QUEUE_CAPACITY: z.url(),
  BERTH_QUEUE_OBJECT: z.url(),
  BERTH_CHANNEL_PREFIX: z.string().min(1),
  BERTH_HEARTBEAT_URL: z.url().optional(),
  BERTH_KUBE_URL: z.url().optional(),
  BERTH_SOCKET_URL: z.url({ protocol: /^wss$/ }).optional(),
  BERTH_STOPPED_RETENTION_HOURS: hours,
  BERTH_EVENT_RETENTION_HOURS: hours,
  BERTH_LOG_LEVEL: z.enum(['DEBUG', 'INFO', 'WARN', 'ERROR', 'SILENT']).default('INFO'),
});

export type Environment = z.output<typeof schema>;

/** What serverless.yml gives every function; only agentApi is told the heartbeats' address, and only eksApi that of Kubernetes. Throws naming each variable that is missing or not valid. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  const result = schema.safeParse(variables);
  if (result.success) return result.data;
  const wrong = result.error.issues.map((issue) => issue.path.join('.'));
  throw new Error(`environment variables missing or not valid: ${wrong.join(', ')}`);
}
