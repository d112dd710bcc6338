import type { Log } from '#control/ports.ts';
import type { Scope } from '#core/model/scope.ts';
import type { Backend } from './backend.ts';
import type { Resource } from './service-file.ts';

export interface BackendOptions {
  readonly dataDir: string;
  readonly scope: Scope;
  readonly log: Log;
  /** Table and queues as serverless.yml defines them. */
  readonly resources: Readonly<Record<string, Resource>>;
}

/** Opens what the stack stands on. Each kind is loaded only when chosen: the embedded one needs nothing of AWS. */
export async function openBackend(kind: 'sqlite' | 'dynamodb', options: BackendOptions): Promise<Backend> {
  if (kind === 'sqlite') return (await import('./embedded-backend.ts')).openEmbeddedBackend(options);
  return (await import('./dynamodb-backend.ts')).openDynamoBackend(options);
}
