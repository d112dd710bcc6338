import { issuedTokens, issueToken } from '#api/kube/auth/issued-tokens.ts';
import type { KubeAnswer } from '#api/kube/kube-request.ts';
import { serveKube } from '#api/kube/serve-kube.ts';
import { seedKubernetes } from '#control/kube/seed-kubernetes.ts';
import { createSharedChanges } from '#control/kube/shared-changes.ts';
import type { Log } from '#control/ports.ts';
import { type FlowWorld, flowWorld } from './flow-world.ts';

const SECRET = 'a-secret-of-this-installation';

export interface KubeReply {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what a test reads of an answer, it asserts.
  readonly body: any;
  readonly headers: Readonly<Record<string, string>>;
}

export interface KubeWorld {
  readonly world: FlowWorld;
  /** Sends a request as the operator of the cluster `default`. */
  send(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<KubeReply>;
  /** The same, unread; the body of a watch is still to come. */
  serve(
    method: string,
    url: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<KubeAnswer>;
  /** Events of a watch, as they come; the clock moves while it waits. */
  watch(
    path: string,
    signal?: AbortSignal,
  ): Promise<AsyncGenerator<{ readonly type: string; readonly object: KubeReply['body'] }>>;
  token(cluster?: string): Promise<string>;
}

/** The Kubernetes face on the embedded store, called as the function calls it. */
export async function kubeWorld({
  log,
  pause,
}: {
  readonly log?: Log;
  readonly pause?: (ms: number) => Promise<void>;
} = {}): Promise<KubeWorld> {
  const world = await flowWorld();
  const { deps, clock } = world;
  await seedKubernetes(deps, 'default');
  const tokenKey = async (): Promise<string> => SECRET;
  const sleep = async (ms: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(ms);
  };
  const server = {
    deps: log ? { ...deps, log } : deps,
    verifiers: [issuedTokens(tokenKey, clock)],
    tokenKey,
    changes: createSharedChanges(deps),
    sleep: pause ?? sleep,
  };
  const token = (cluster = 'default'): Promise<string> =>
    issueToken(SECRET, { name: 'tester', groups: [], cluster }, { now: clock.now(), lifetimeMs: 3_600_000 });
  const call = async (method: string, url: string, body?: unknown, headers = {}, signal?: AbortSignal) => {
    const [path = '', query = ''] = url.split('?');
    const bytes = body instanceof Uint8Array ? body : new TextEncoder().encode(textOf(body));
    const authorization = `Bearer ${await token()}`;
    return serveKube(server, {
      method,
      path,
      query,
      headers: { authorization, ...headers },
      body: bytes,
      ...(signal && { signal }),
    });
  };
  return {
    world,
    serve: call,
    token,
    async send(method, path, body, headers) {
      const answer = await call(method, path, body, headers);
      const { status, headers: said } = answer;
      if (answer.body instanceof Uint8Array) return { status, body: answer.body, headers: said };
      if (typeof answer.body !== 'string') throw new Error(`${path} answers piece by piece`);
      const isJson = said['content-type']?.startsWith('application/json');
      return { status, body: isJson ? JSON.parse(answer.body) : answer.body, headers: said };
    },
    async watch(path, signal) {
      const answer = await call('GET', path, undefined, {}, signal);
      if (typeof answer.body === 'string' || answer.body instanceof Uint8Array) {
        throw new Error(`the watch is refused: ${answer.body}`);
      }
      return events(answer.body);
    },
  };
}

const textOf = (body: unknown): string =>
  typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body);

async function* events(lines: AsyncIterable<string>) {
  for await (const line of lines) yield JSON.parse(line) as { type: string; object: KubeReply['body'] };
}
