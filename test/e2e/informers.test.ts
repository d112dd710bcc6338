import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CoreV1Api, KubeConfig, makeInformer, type V1ConfigMap, Watch } from '@kubernetes/client-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '#test/support/chaos-port.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const SPACE = 'default';
const PATH = `/api/v1/namespaces/${SPACE}/configmaps`;
const LABEL = 'test=informers';
const RESTARTS = 3;
const WRITERS = 4;
const RETRY_MS = 100;
const LIMIT_MS = 180_000;

describe('informers of @kubernetes/client-node', () => {
  let stack: RunningStack;
  let args: readonly string[];
  let config: KubeConfig;
  let isOver = false;

  beforeAll(async () => {
    args = ['--runtime', 'simulated', '--agents', '0', '--kube-port', String(await freePort())];
    stack = await startStack({ args });
    config = new KubeConfig();
    config.loadFromFile(path.join(stack.dataDir, 'kubeconfig'));
  });

  afterAll(() => {
    isOver = true;
  });

  /** Keeps a copy by list and watch, and says of every object what it was told. */
  function informer() {
    const api = config.makeApiClient(CoreV1Api);
    const told: string[] = [];
    const list = () => api.listNamespacedConfigMap({ namespace: SPACE, labelSelector: LABEL });
    const made = makeInformer(config, PATH, list, LABEL);
    const hear = (verb: 'add' | 'delete') => made.on(verb, ({ metadata }) => told.push(`${verb} ${metadata?.name}`));
    hear('add');
    hear('delete');
    made.on('error', () => {
      if (!isOver) void pause(RETRY_MS).then(() => made.start());
    });
    return { made, told };
  }

  /** Watches as client-go does: from the newest version seen on, again and again; every version it was told of. */
  function reflector(from: string) {
    const versions: string[] = [];
    const stopping = new AbortController();
    let newest = from;
    const run = async (): Promise<void> => {
      while (!stopping.signal.aborted) {
        await new Promise<void>((resolve) => {
          const query = { resourceVersion: newest, labelSelector: LABEL, allowWatchBookmarks: true };
          const hear = (type: string, object: { readonly metadata: { readonly resourceVersion: string } }): void => {
            if (type === 'ERROR') throw new Error(`the watch from ${newest} is refused`);
            newest = object.metadata.resourceVersion;
            if (type !== 'BOOKMARK') versions.push(newest);
          };
          new Watch(config)
            .watch(PATH, query, hear, () => resolve())
            .then(
              (request) => stopping.signal.addEventListener('abort', () => request.abort(), { once: true }),
              () => resolve(),
            );
        });
        await pause(RETRY_MS);
      }
    };
    const running = run();
    const stop = (): Promise<void> => {
      stopping.abort();
      return running;
    };
    return { versions, stop };
  }

  it(`a control plane that is killed ${RESTARTS} times under writers, loses no event`, {
    timeout: LIMIT_MS,
  }, async () => {
    const api = config.makeApiClient(CoreV1Api);
    const acknowledged: string[] = [];
    const standing = new Map<string, V1ConfigMap>();
    const gone: string[] = [];
    /** Until it is answered: a write whose answer was lost may have happened. */
    const surely = async <T>(
      write: () => Promise<T>,
      isDone: (error: { readonly code?: number }) => boolean,
    ): Promise<T | undefined> => {
      for (;;) {
        try {
          return await write();
        } catch (error) {
          if (isDone(error as { readonly code?: number })) return undefined;
          await pause(RETRY_MS);
        }
      }
    };
    const keep = (map: V1ConfigMap | undefined): void => {
      if (!map?.metadata?.name) return;
      acknowledged.push(map.metadata.resourceVersion ?? '');
      standing.set(map.metadata.name, map);
    };
    const writer = async (number: number, isEnough: () => boolean): Promise<void> => {
      for (let turn = 0; !isEnough(); turn += 1) {
        const name = `w${number}-${turn}`;
        const target = { name, namespace: SPACE };
        const metadata = { name, labels: { test: 'informers' } };
        keep(
          await surely(
            () => api.createNamespacedConfigMap({ namespace: SPACE, body: { metadata, data: { n: '0' } } }),
            ({ code }) => code === 409,
          ),
        );
        keep(
          await surely(
            () => api.replaceNamespacedConfigMap({ ...target, body: { metadata, data: { n: '1' } } }),
            () => false,
          ),
        );
        if (turn % 2 === 0) continue;
        await surely(
          () => api.deleteNamespacedConfigMap(target),
          ({ code }) => code === 404,
        );
        standing.delete(name);
        gone.push(name);
      }
    };

    const { made, told } = informer();
    await made.start();
    const list = await api.listNamespacedConfigMap({ namespace: SPACE });
    const reflected = reflector(list.metadata?.resourceVersion ?? '');
    let restarts = 0;
    const writers = Promise.all(
      Array.from({ length: WRITERS }, (_, number) => writer(number, () => restarts === RESTARTS)),
    );
    for (let round = 0; round < RESTARTS; round += 1) {
      await pause(1_500);
      await stack.kill();
      stack = await startStack({ args, dataDir: stack.dataDir });
      await pause(1_000);
      restarts += 1;
    }
    await writers;

    const last = acknowledged.map(Number).reduce((most, version) => Math.max(most, version), 0);
    const cached = () => new Map(made.list().map(({ metadata, data }) => [metadata?.name, data?.['n']]));
    const expected = new Map([...standing].map(([name, { data }]) => [name, data?.['n']]));
    await expect
      .poll(() => reflected.versions.some((version) => Number(version) >= last), { timeout: 20_000 })
      .toBe(true);
    await expect.poll(() => cached(), { timeout: 20_000 }).toEqual(expected);
    // The reflector was told of every change that was acknowledged, once and in order.
    const versions = reflected.versions.map(Number);
    expect(versions).toEqual([...new Set(versions)].toSorted((a, b) => a - b));
    expect(acknowledged.filter((version) => !reflected.versions.includes(version))).toEqual([]);
    // The informer was told of everything that came and stayed, and of the end of everything it knew that went.
    for (const name of standing.keys()) expect(told.filter((one) => one === `add ${name}`)).toHaveLength(1);
    for (const name of gone) {
      const heard = told.filter((one) => one.endsWith(` ${name}`));
      expect([[], [`add ${name}`, `delete ${name}`]]).toContainEqual(heard);
    }
    process.stdout.write(
      `${RESTARTS} restarts: ${acknowledged.length} acknowledged writes, ${versions.length} events, none lost\n`,
    );
    isOver = true;
    await made.stop();
    await reflected.stop();
  });
});
