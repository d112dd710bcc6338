import { beforeAll, describe, expect, it } from 'vitest';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const map = (name: string, data: Readonly<Record<string, string>>): string =>
  JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name }, data });

/** Without copies, so that nothing happens to it but what the test does. */
const deployment = (name: string, containers: readonly object[], spec: object = {}): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
      ...spec,
    },
  });

const found = await kubectlsFound();
const missing = found.length > 0 ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;
/** From this version on kubectl moves what was applied by the client to the server's keeping. */
const MIGRATES_SINCE = 26;
const minorOf = (version: string): number => Number(/^v1\.(\d+)/.exec(version)?.[1]);

describe.runIf(runnable('kubectl apply and patch against a stack', missing))('kubectl apply and patch', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack();
  });

  describe.each(found)('$version', ({ program, version }) => {
    const space = `apply-${found.findIndex((one) => one.program === program)}`;
    let cli: Kubectl;
    let said: Kubectl['said'];
    /** In this version's own namespace. */
    const here = (...args: readonly string[]): readonly string[] => [...args, '--namespace', space];
    const apply = (...args: readonly string[]): readonly string[] => here('apply', '--server-side', ...args, '-f', '-');
    const raw = async (path: string) => JSON.parse(await said(['get', '--raw', path]));
    const dataOf = async (name: string) => (await cli.json(...here('get', 'configmap', name))).data;

    beforeAll(async () => {
      ({ said } = cli = kubectl(program, stack));
      await said(['create', 'namespace', space]);
    });

    it('apply --server-side, makes, changes, takes away and leaves alone', async () => {
      const text = 'configmap/ssa serverside-applied\n';
      expect(await said(apply(), map('ssa', { a: '1', b: '1' }))).toBe(text);
      const first = await cli.json(...here('get', 'configmap', 'ssa'));
      expect(await said(apply(), map('ssa', { a: '1', b: '1' }))).toBe(text);
      const again = await cli.json(...here('get', 'configmap', 'ssa'));
      expect(again.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
      await said(here('patch', 'configmap', 'ssa', '--type=merge', '-p', '{"data":{"by-hand":"stays"}}'));
      expect(await said(apply(), map('ssa', { a: '2' }))).toBe(text);
      expect(await dataOf('ssa')).toEqual({ a: '2', 'by-hand': 'stays' });
    });

    it('apply --server-side of what another manager has otherwise, is refused until it is forced', async () => {
      await said(apply('--field-manager=first'), map('contested', { a: '1' }));
      const refused = await cli.run(apply('--field-manager=second'), map('contested', { a: '2' }));
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/Apply failed with 1 conflict: conflict with "first": \.data\.a/);
      expect(await dataOf('contested')).toEqual({ a: '1' });
      await said(apply('--field-manager=second', '--force-conflicts'), map('contested', { a: '2' }));
      expect(await dataOf('contested')).toEqual({ a: '2' });
    });

    it('apply --server-side over what the client applied, takes it over', async () => {
      await said(here('apply', '-f', '-'), map('moved', { a: '1', b: '1' }));
      await said(apply('--force-conflicts'), map('moved', { a: '2', b: '1' }));
      expect(await dataOf('moved')).toEqual({ a: '2', b: '1' });
      const { metadata } = await raw(`/api/v1/namespaces/${space}/configmaps/moved`);
      const managers = metadata.managedFields.map(({ manager }: { manager: string }) => manager);
      expect(managers).toContain('kubectl');
      await said(apply(), map('moved', { a: '2' }));
      expect((await cli.run(here('diff', '--server-side', '-f', '-'), map('moved', { a: '2' }))).code).toBe(0);
      // Older ones leave the client's share of what is not applied any more to the client.
      const isMoved = minorOf(version) >= MIGRATES_SINCE;
      expect(await dataOf('moved')).toEqual(isMoved ? { a: '2' } : { a: '2', b: '1' });
      if (isMoved) expect(managers).not.toContain('kubectl-client-side-apply');
    });

    it('diff --server-side, shows the change and makes none', async () => {
      await said(apply(), map('differs', { a: '1' }));
      const { code, stdout } = await cli.run(here('diff', '--server-side', '-f', '-'), map('differs', { a: '2' }));
      expect(code).toBe(1);
      expect(stdout).toContain('-  a: "1"\n+  a: "2"\n');
      expect((await cli.run(here('diff', '--server-side', '-f', '-'), map('differs', { a: '1' }))).code).toBe(0);
    });

    it('apply --server-side of two containers by two managers, keeps both', async () => {
      const side = deployment('pair', [{ name: 'side', image: 'side:1' }]);
      await said(apply('--field-manager=main'), deployment('pair', [{ name: 'main', image: 'main:1' }]));
      await said(apply('--field-manager=side'), side);
      const { spec } = await cli.json(...here('get', 'deployment', 'pair'));
      expect(spec.template.spec.containers).toMatchObject([{ name: 'main' }, { name: 'side' }]);
    });

    it('apply by the client, merges containers, ports and variables by their keys', async () => {
      const env = (value: string) => [{ name: 'MODE', value }];
      const main = { name: 'main', image: 'main:1', env: env('a'), ports: [{ containerPort: 80 }] };
      const side = { name: 'side', image: 'side:1' };
      await said(here('apply', '-f', '-'), deployment('merged', [main, side]));
      await said(here('set', 'env', 'deployment/merged', '--containers=main', 'BY_HAND=yes'));
      await said(here('apply', '-f', '-'), deployment('merged', [{ ...main, image: 'main:2', env: env('b') }]));
      const { spec } = await cli.json(...here('get', 'deployment', 'merged'));
      const [container, ...others] = spec.template.spec.containers;
      expect(others).toEqual([]);
      expect(container).toMatchObject({ image: 'main:2', ports: [{ containerPort: 80 }] });
      expect(container.env).toEqual(expect.arrayContaining([...env('b'), { name: 'BY_HAND', value: 'yes' }]));
      // kubectl sends the order of what it knows beside what it does not, and the same order is no change.
      const { metadata } = await cli.json(...here('get', 'deployment', 'merged'));
      await said(here('apply', '-f', '-'), deployment('merged', [{ ...main, image: 'main:2', env: env('b') }]));
      const again = await cli.json(...here('get', 'deployment', 'merged'));
      expect(again.metadata.resourceVersion).toBe(metadata.resourceVersion);
    });

    it('patch of three kinds, changes what it names of a deployment', async () => {
      await said(here('create', '-f', '-'), deployment('patched', [{ name: 'a', image: 'a:1' }]));
      const patch = (type: string, change: unknown) =>
        said(here('patch', 'deployment', 'patched', `--type=${type}`, '-p', JSON.stringify(change)));
      const containers = async () =>
        (await cli.json(...here('get', 'deployment', 'patched'))).spec.template.spec.containers.map(
          ({ name, image }: Readonly<Record<string, string>>) => `${name} ${image}`,
        );
      await patch('strategic', { spec: { template: { spec: { containers: [{ name: 'b', image: 'b:1' }] } } } });
      expect((await containers()).sort()).toEqual(['a a:1', 'b b:1']);
      await patch('merge', { spec: { template: { spec: { containers: [{ name: 'c', image: 'c:1' }] } } } });
      expect(await containers()).toEqual(['c c:1']);
      await patch('json', [{ op: 'replace', path: '/spec/template/spec/containers/0/image', value: 'c:2' }]);
      expect(await containers()).toEqual(['c c:2']);
      await patch('strategic', { spec: { strategy: { $retainKeys: ['type'], type: 'Recreate' } } });
      const { spec } = await cli.json(...here('get', 'deployment', 'patched'));
      expect(spec.strategy).toEqual({ type: 'Recreate' });
    });
  });
});
