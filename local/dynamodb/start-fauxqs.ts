import type { StartedService } from './start-dynamodb-local.ts';

/** Starts fauxqs, an SQS in memory, inside this process. Faults: an Error naming the fix when it is not installed. */
export async function startQueues(): Promise<StartedService> {
  const { startFauxqs } = await import('fauxqs').catch((cause: unknown) => {
    throw new Error('fauxqs is not installed: install the development dependencies, or set AWS_ENDPOINT_URL_SQS', {
      cause,
    });
  });
  // It writes its host into queue addresses, and only a name, not an address, makes those valid.
  const server = await startFauxqs({ port: 0, host: 'localhost', logger: false });
  return { endpoint: `http://localhost:${server.port}`, stop: () => server.stop() };
}
