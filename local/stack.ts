import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { knownAccessKeys } from '#adapters/access-key-file.ts';
import { type AgentProcesses, createAgentProcesses } from '#adapters/agent-processes/capacity-provider.ts';
import { systemClock } from '#adapters/clock.ts';
import { systemIds } from '#adapters/ids.ts';
import { issueToken } from '#api/kube/auth/issued-tokens.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import { type Retentions, timingsAt } from '#core/timings.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import { loadCredentials, loadJoinToken, loadPageTokenKey, makeDataDir, writeShellEnvironment } from './data-dir.ts';
import { lockDataDir } from './data-dir-lock.ts';
import { endLeftoverDatabase } from './dynamodb/leftover.ts';
import { functionPath } from './gateway.ts';
import { loadCertificates } from './kube/certificates.ts';
import { writeKubeconfig } from './kube/write-kubeconfig.ts';
import { openBackend } from './open-backend.ts';
import { readServiceFile } from './read-service-file.ts';
import { runStack, seed } from './run-stack.ts';
import { serveLater } from './serve-later.ts';
import { createLocalSockets, SOCKET_PATH } from './session-sockets.ts';
import { shareOfMachine } from './share-of-machine.ts';
import type { Stack, StackOptions } from './stack-options.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const PORT = 8700;
/** Beside another port than the usual one any free port will do: kubectl reads the file that names it. */
const KUBE_PORT = 8701;
const CLUSTER = 'default';
/** Whom the kubeconfig of a stack lets in; every start writes a new one. */
const OPERATOR = { name: 'local', groups: ['system:masters', 'system:authenticated'], cluster: CLUSTER };
const TOKEN_LIFETIME_MS = 365 * 86_400_000;
/** The function whose address agents are told; serverless.yml tells them the same one. */
const HEARTBEAT_FUNCTION = 'agentHeartbeat';

/** How old a cluster's instances may be when placement decides on them; the commit checks each decision. */
const FLEET_MAX_AGE_MS = 1_000;

/**
 * Runs the control plane of serverless.yml, and its agents, on this machine.
 * Faults: an Error naming the fix when the port is taken, the directory is in use or the store cannot start.
 */
export async function startStack(options: StackOptions): Promise<Stack> {
  const { log, port = PORT, kubePort = port === PORT ? KUBE_PORT : 0 } = options;
  const dataDir = path.resolve(options.dataDir);
  makeDataDir(dataDir);
  // Undone in reverse order, whether a later step of the start fails or the stack is stopped.
  const undo: (() => unknown)[] = [lockDataDir(dataDir)];
  const unwind = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };
  try {
    if (options.fresh) await empty(dataDir, options);
    const region = options.region ?? 'us-east-1';
    const accountId = options.accountId ?? '000000000000';
    const scope = { accountId, region };
    const service = readServiceFile(ROOT, {
      'task-events': options.taskEvents ?? true,
      'ecs-pods': options.ecsPods ?? true,
    });
    const backend = await openBackend(options.store ?? 'sqlite', { dataDir, scope, log, resources: service.resources });
    undo.push(() => backend.close());
    const server = await serveLater({ port, log, hasSockets: true });
    undo.push(() => server.close());

    const certificates = await loadCertificates(dataDir, systemClock.now());
    const kubeServer = await serveLater({ port: kubePort, log, tls: certificates });
    undo.push(() => kubeServer.close());

    const endpoint = `http://127.0.0.1:${server.port}`;
    const kubeEndpoint = `https://127.0.0.1:${kubeServer.port}`;
    const sockets = createLocalSockets(`ws://127.0.0.1:${server.port}${SOCKET_PATH}`);
    const key = loadCredentials(dataDir, accountId);
    const joinToken = loadJoinToken(dataDir);
    const pageTokenKey = loadPageTokenKey(dataDir);
    const agents = agentProcesses(options, dataDir, endpoint, joinToken);
    // As after a cold start: a store of its own identity and an empty fleet, so that nothing is remembered of before.
    const compose = (): FunctionDependencies => ({
      scope,
      store: { ...backend.store },
      queue: backend.queue,
      channel: backend.channel,
      channelAddress: backend.channelAddress,
      heartbeatUrl: `${endpoint}${functionPath(HEARTBEAT_FUNCTION)}`,
      kubeAddress: { endpoint: kubeEndpoint, authority: certificates.authority },
      tokenHosts: [`127.0.0.1:${server.port}`, `localhost:${server.port}`],
      capacity: agents,
      sockets,
      accessKeys: knownAccessKeys([key], pageTokenKey),
      fleet: createFleetCache({ maxAgeMs: FLEET_MAX_AGE_MS }),
      clock: systemClock,
      ids: systemIds,
      log,
      timings: timingsAt(options.timeScale, retentionsOf(options)),
    });
    const deps = compose();
    await seed(deps, CLUSTER, joinToken);
    const running = await runStack({
      root: ROOT,
      service,
      backend,
      deps,
      sockets,
      coldStart: async () => {
        const next = compose();
        await seed(next, CLUSTER, joinToken);
        return next;
      },
    });
    undo.push(
      () => agents.stopAll(),
      () => running.stop(),
    );
    server.serve(running.serve, running.upgrade);
    kubeServer.serve(running.serveKube);
    await agents.resume();
    await deps.queue.send([{ work: { kind: 'capacity', cluster: CLUSTER } }]);
    writeShellEnvironment(dataDir, { endpoint, region, key });
    const token = await issueToken(pageTokenKey, OPERATOR, { now: systemClock.now(), lifetimeMs: TOKEN_LIFETIME_MS });
    const { authority } = certificates;
    const kubeconfig = writeKubeconfig(dataDir, { endpoint: kubeEndpoint, authority, cluster: CLUSTER, token });

    let stopping: Promise<void> | undefined;
    const { accessKeyId, secretAccessKey } = key;
    return {
      endpoint,
      port: server.port,
      kubeEndpoint,
      kubeconfig,
      dataDir,
      accessKeyId,
      secretAccessKey,
      deps,
      stop: () => {
        stopping ??= unwind();
        return stopping;
      },
    };
  } catch (error) {
    await unwind();
    throw error;
  }
}

const HOUR_MS = 3_600_000;

const retentionsOf = ({ stoppedRetentionHours: stopped, eventRetentionHours: event }: StackOptions): Retentions => ({
  ...(stopped === undefined ? {} : { stoppedRetention: stopped * HOUR_MS }),
  ...(event === undefined ? {} : { eventRetention: event * HOUR_MS }),
});

function agentProcesses(options: StackOptions, dataDir: string, endpoint: string, joinToken: string): AgentProcesses {
  const { runtime, log, timeScale = 1, agents: min = 1 } = options;
  const max = Math.max(options.maxAgents ?? min, min);
  const size = options.agentSize ?? shareOfMachine(max);
  const policy = { min, max, standby: options.standbyAgents ?? 0, size };
  return createAgentProcesses({
    dataDir,
    endpoint: () => endpoint,
    joinToken,
    cluster: CLUSTER,
    policy,
    runtime,
    timeScale,
    log,
  });
}

/** Removes everything but the lock. What a killed stack left running is ended first: nobody would know it afterwards. */
async function empty(dataDir: string, options: StackOptions): Promise<void> {
  await agentProcesses(options, dataDir, '', '').stopAll();
  await endLeftoverDatabase(dataDir);
  for (const name of readdirSync(dataDir)) {
    if (name !== 'lock') rmSync(path.join(dataDir, name), { recursive: true, force: true });
  }
}
