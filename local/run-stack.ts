import { createCluster } from '#control/clusters/create-cluster.ts';
import { seedFargate } from '#control/eks/seed-fargate.ts';
import { recordJoinToken } from '#control/instances/join-tokens.ts';
import { seedKubernetes } from '#control/kube/seed-kubernetes.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import type { PlainResponse } from '#functions/lib/http-event.ts';
import type { Backend, Deliveries } from './backend.ts';
import { createGateway, jsonAnswer } from './gateway.ts';
import type { Serve, ServeStream } from './http-server.ts';
import { serveFunction } from './kube/serve-function.ts';
import { type Invoke, loadFunctions } from './load-functions.ts';
import { type Schedule, startSchedule } from './schedules.ts';
import type { ServiceFile } from './service-file.ts';
import type { LocalSockets, Upgrade } from './session-sockets.ts';

export interface RunStackOptions {
  readonly root: string;
  readonly service: ServiceFile;
  readonly backend: Backend;
  readonly deps: FunctionDependencies;
  /** Absent: no client may hold a socket. */
  readonly sockets?: LocalSockets;
  /** After a reset: puts back what every stack begins with, and gives the functions dependencies without a memory. */
  readonly coldStart: () => Promise<FunctionDependencies>;
}

export interface RunningStack {
  readonly serve: Serve;
  /** The Kubernetes API, which has an address of its own. */
  readonly serveKube: ServeStream;
  /** Sockets of clients. */
  readonly upgrade?: Upgrade;
  /** Stops schedules, deliveries and waiting polls, in this order. */
  stop(): Promise<void>;
}

/** The function of serverless.yml that answers the Kubernetes API. */
const KUBE_FUNCTION = 'kubeApi';
/** The one behind its WebSocket routes. */
const SOCKET_FUNCTION = 'sessionSocket';

const TEN_YEARS = 10 * 365 * 86_400_000;

/** What every stack begins with: the default cluster, where every pod runs, and the token its own agents join with. */
export async function seed(deps: FunctionDependencies, cluster: string, joinToken: string): Promise<void> {
  await createCluster(deps, { name: cluster, tags: [], settings: [] });
  await seedKubernetes(deps, cluster);
  await seedFargate(deps, cluster);
  await recordJoinToken(deps, joinToken, { cluster, expiresAt: deps.clock.now() + TEN_YEARS });
}

/** Wires every function of serverless.yml to what calls it. */
export async function runStack({
  root,
  service,
  backend,
  deps,
  sockets,
  coldStart,
}: RunStackOptions): Promise<RunningStack> {
  const functions = new Map(await loadFunctions(root, service.functions, deps));
  const ending = new AbortController();
  let schedules: readonly Schedule[] = [];
  let deliveries: Deliveries | undefined;

  const start = async (): Promise<void> => {
    deliveries = await backend.deliver(service, functions);
    schedules = service.functions
      .filter(({ events }) => events.some(({ kind }) => kind === 'schedule'))
      .map(({ name }) => {
        const invoke = functions.get(name);
        if (!invoke) throw new Error(`function ${name} was not loaded`);
        return startSchedule({ name, invoke, everyMs: deps.timings.sweep, log: deps.log });
      });
  };
  const pause = async (): Promise<void> => {
    await Promise.all(schedules.map((schedule) => schedule.stop()));
    await deliveries?.stop();
  };

  // One reset at a time: a second one during the first would start deliveries twice.
  let resetting = Promise.resolve();
  const reset = (): Promise<PlainResponse> => {
    const next = resetting.then(async () => {
      await pause();
      await backend.reset();
      const fresh = await loadFunctions(root, service.functions, await coldStart());
      for (const [name, invoke] of fresh) functions.set(name, invoke);
      await start();
    });
    // The caller sees a failure; the next reset starts from a clean promise.
    resetting = next.catch(() => undefined);
    return next.then(() => jsonAnswer(200, { status: 'reset' }));
  };

  const gateway = createGateway({
    service,
    functions,
    context: deps,
    receive: (queueUrl, options) =>
      backend.receive(queueUrl, { ...options, signal: AbortSignal.any([options.signal, ending.signal]) }),
    own: new Map([
      ['GET /_local/health', async () => jsonAnswer(200, { status: 'ok' })],
      ['POST /_local/reset', reset],
    ]),
  });
  await start();
  // Looked up each time: a reset puts new functions in their place.
  const named = (name: string) => (): Invoke => {
    const invoke = functions.get(name);
    if (!invoke) throw new Error(`serverless.yml names no function ${name}`);
    return invoke;
  };
  return {
    serve: gateway,
    serveKube: serveFunction(deps, named(KUBE_FUNCTION), ending.signal),
    ...(sockets && { upgrade: sockets.upgrade(named(SOCKET_FUNCTION), deps.log) }),
    stop: async () => {
      await resetting;
      ending.abort();
      sockets?.closeAll();
      await pause();
    },
  };
}
