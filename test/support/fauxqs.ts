import { SQSClient } from '@aws-sdk/client-sqs';
import { startFauxqs } from 'fauxqs';

/** An SQS stand-in in memory, on a free port. */
export async function startSqs() {
  const server = await startFauxqs({ port: 0, host: 'localhost', logger: false });
  const client = new SQSClient({
    endpoint: `http://localhost:${server.port}`,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    await server.stop();
  };
  return { server, client, stop };
}
