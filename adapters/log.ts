import { Logger } from '@aws-lambda-powertools/logger';
import type { Log, LogFields } from '#control/ports.ts';

export type LogLevel = 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'SILENT';

/** Structured JSON lines, one a message, on standard output; what CloudWatch Logs Insights reads by field. */
export function createLog(service: string, level: LogLevel = 'INFO'): Log {
  const logger = new Logger({ serviceName: service, logLevel: level });
  // A field must not be able to replace the message, the level or the time of its line.
  const line = (fields: LogFields | undefined) => (fields === undefined ? {} : { fields: plain(fields) });
  return {
    debug: (message, fields) => logger.debug(message, line(fields)),
    info: (message, fields) => logger.info(message, line(fields)),
    warn: (message, fields) => logger.warn(message, line(fields)),
    error: (message, fields) => logger.error(message, line(fields)),
  };
}

/** Errors have no enumerable members, so they are spelt out with their causes. */
const plain = (fields: LogFields): LogFields =>
  Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, describe(value)]));

function describe(value: unknown): unknown {
  if (!(value instanceof Error)) return value;
  const { name, message, stack, cause } = value;
  return { name, message, stack, ...(cause !== undefined && { cause: describe(cause) }) };
}
