import type { Backend, BackendOptions } from './backend.ts';

/** Opens what the stack stands on. Each kind is loaded only when chosen: the embedded one needs nothing of AWS. */
export async function openBackend(kind: 'sqlite' | 'dynamodb', options: BackendOptions): Promise<Backend> {
  if (kind === 'sqlite') return (await import('./embedded-backend.ts')).openEmbeddedBackend(options);
  return (await import('./dynamodb-backend.ts')).openDynamoBackend(options);
}
