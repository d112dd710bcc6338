import { beforeAll, describe, expect, it } from 'vitest';
import { KUBECTLS, type Kubectl, kubectl, kubectlsFound } from '#test/support/e2e-kubectl.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const manifest = (value: string, name = 'one'): string => `
apiVersion: v1
kind: ConfigMap
metadata:
  name: ${name}
  labels: {app: web}
data:
  key: ${value}
`;

const LIST = `
apiVersion: v1
kind: List
items:
- {apiVersion: v1, kind: ConfigMap, metadata: {name: in-list}, data: {a: b}}
- {apiVersion: v1, kind: ServiceAccount, metadata: {name: robot}}
`;

const found = await kubectlsFound();
const missing = found.length > 0 ? undefined : `no kubectl on the PATH or in ${KUBECTLS} (install kubernetes-client)`;

describe.runIf(runnable('kubectl against a stack', missing))('kubectl', () => {
  let stack: RunningStack;

  beforeAll(async () => {
    stack = await startStack();
  });

  describe.each(found)('$version', ({ program }) => {
    const space = `test-${found.findIndex((one) => one.program === program)}`;
    let cli: Kubectl;
    let said: Kubectl['said'];
    /** In this version's own namespace. */
    const here = (...args: readonly string[]): readonly string[] => [...args, '--namespace', space];
    const data = async (name: string) => (await cli.json(...here('get', 'configmap', name))).data;

    beforeAll(async () => {
      ({ said } = cli = kubectl(program, stack));
      await said(['create', 'namespace', space]);
    });

    it('create, replace and delete -f, make, change and remove an object', async () => {
      expect(await said(here('create', '-f', '-'), manifest('v1'))).toBe('configmap/one created\n');
      const again = await cli.run(here('create', '-f', '-'), manifest('v1'));
      expect(again.code).toBe(1);
      expect(again.stderr).toContain('configmaps "one" already exists');
      expect(await said(here('replace', '-f', '-'), manifest('v2'))).toBe('configmap/one replaced\n');
      expect(await data('one')).toEqual({ key: 'v2' });
      expect(await said(here('delete', '-f', '-'), manifest('v2'))).toMatch(/^configmap "one" deleted/);
      const gone = await cli.run(here('get', 'configmap', 'one'));
      expect(gone.stderr).toBe('Error from server (NotFound): configmaps "one" not found\n');
    });

    it('apply, creates, changes, leaves alone and takes away what the file no longer has', async () => {
      const apply = (value: string) => said(here('apply', '-f', '-'), manifest(value, 'applied'));
      expect(await apply('v1')).toBe('configmap/applied created\n');
      expect(await apply('v1')).toBe('configmap/applied unchanged\n');
      await said(here('apply', '-f', '-'), `${manifest('v2', 'applied')}  more: x\n`);
      await said(here('patch', 'configmap', 'applied', '--type=merge', '-p', '{"data":{"by-hand":"stays"}}'));
      expect(await apply('v3')).toBe('configmap/applied configured\n');
      expect(await data('applied')).toEqual({ key: 'v3', 'by-hand': 'stays' });
    });

    it('diff and apply --dry-run=server, show the change and make none', async () => {
      await said(here('apply', '-f', '-'), manifest('before', 'dry'));
      const diff = await cli.run(here('diff', '-f', '-'), manifest('after', 'dry'));
      expect(diff.code).toBe(1);
      expect(diff.stdout).toContain('-  key: before\n+  key: after\n');
      const dry = await said(here('apply', '--dry-run=server', '-f', '-'), manifest('after', 'dry'));
      expect(dry).toBe('configmap/dry configured (server dry run)\n');
      expect(await data('dry')).toEqual({ key: 'before' });
      expect((await cli.run(here('diff', '-f', '-'), manifest('before', 'dry'))).code).toBe(0);
    });

    it('a file of kind List, is applied item by item', async () => {
      const made = await said(here('apply', '-f', '-'), LIST);
      expect(made).toBe('configmap/in-list created\nserviceaccount/robot created\n');
    });

    it('get, prints every form', async () => {
      await said(here('apply', '-f', '-'), manifest('v', 'shown'));
      const get = (...args: readonly string[]) => said(here('get', 'configmap', ...args));
      expect(await get('shown')).toMatch(/^NAME +DATA +AGE\nshown +1 +\d+s\n$/);
      expect(await get('shown', '-o', 'wide')).toMatch(/^NAME +DATA +AGE\n/);
      expect(await get('shown', '-o', 'name')).toBe('configmap/shown\n');
      expect(await get('shown', '-o', 'yaml')).toContain('data:\n  key: v\n');
      expect(await get('shown', '-o', 'jsonpath={.data.key}')).toBe('v');
      expect(await get('shown', '-o', 'go-template={{.data.key}}')).toBe('v');
      expect(await get('shown', '-o', 'custom-columns=N:.metadata.name')).toBe('N\nshown\n');
      expect(await get('-l', 'app=web', '--field-selector', 'metadata.name=shown', '-o', 'name')).toBe(
        'configmap/shown\n',
      );
      expect(await get('shown', '--show-labels')).toContain('app=web');
      expect(await get('--chunk-size=1', '-o', 'name')).toContain('configmap/shown\n');
      expect(await said(['get', 'configmaps', '--all-namespaces'])).toMatch(/^NAMESPACE +NAME +DATA +AGE\n/);
    });

    it('get -w, shows an object and then its change', async () => {
      await said(here('create', 'configmap', 'watched', '--from-literal=a=1'));
      const watched = here('get', 'configmap', 'watched', '-w', '-o', 'jsonpath={.data.a};');
      let isChanged = false;
      const shown = await cli.until(watched, (text) => {
        if (!isChanged && text.includes('1;')) {
          isChanged = true;
          void said(here('patch', 'configmap', 'watched', '-p', '{"data":{"a":"2"}}'));
        }
        return text.includes('2;');
      });
      expect(shown).toBe('1;2;');
    });

    it('label and annotate, set and remove', async () => {
      await said(here('create', 'configmap', 'marked', '--from-literal=a=1'));
      const meta = async () => (await cli.json(...here('get', 'configmap', 'marked'))).metadata;
      await said(here('label', 'configmap', 'marked', 'tier=front'));
      await said(here('annotate', 'configmap', 'marked', 'example.com/note=a b'));
      expect(await meta()).toMatchObject({ labels: { tier: 'front' }, annotations: { 'example.com/note': 'a b' } });
      await said(here('label', 'configmap', 'marked', 'tier-'));
      await said(here('annotate', 'configmap', 'marked', 'example.com/note-'));
      expect((await meta()).labels ?? {}).toEqual({});
      expect((await meta()).annotations ?? {}).toEqual({});
    });

    it('patch of three kinds, changes what it names', async () => {
      await said(here('create', 'configmap', 'patched', '--from-literal=a=1', '--from-literal=b=1'));
      const patch = (type: string, change: unknown) =>
        said(here('patch', 'configmap', 'patched', `--type=${type}`, '-p', JSON.stringify(change)));
      await patch('strategic', { data: { a: '2' } });
      await patch('merge', { data: { b: null, c: '3' } });
      await patch('json', [{ op: 'replace', path: '/data/c', value: '4' }]);
      expect(await data('patched')).toEqual({ a: '2', c: '4' });
    });

    it('create by flags, makes a namespace, a configmap, a secret and a service account', async () => {
      await said(here('create', 'configmap', 'flags', '--from-literal=a=b'));
      await said(here('create', 'secret', 'generic', 'flags', '--from-literal=p=hidden'));
      await said(here('create', 'serviceaccount', 'flags'));
      await said(['create', 'namespace', `${space}-flags`]);
      expect(await data('flags')).toEqual({ a: 'b' });
      const secret = await cli.json(...here('get', 'secret', 'flags'));
      expect(secret).toMatchObject({ type: 'Opaque', data: { p: 'aGlkZGVu' } });
      expect(await said(['get', 'namespace', `${space}-flags`])).toMatch(/Active +\d+s\n$/);
      await said(['delete', 'namespace', `${space}-flags`]);
      expect((await cli.run(['get', 'namespace', `${space}-flags`])).stderr).toContain('(NotFound)');
    });

    it('describe, tells about a configmap, a secret and a namespace', async () => {
      await said(here('create', 'configmap', 'told', '--from-literal=a=b'));
      await said(here('create', 'secret', 'generic', 'told', '--from-literal=p=hidden'));
      // Events are no resource here yet, and describing a configmap asks for them.
      const map = await said(here('describe', 'configmap', 'told', '--show-events=false'));
      expect(map).toMatch(/Data\n====\na:\n----\nb\n/);
      expect(await said(here('describe', 'secret', 'told'))).toContain('p:  6 bytes');
      expect(await said(['describe', 'namespace', space])).toMatch(/Status: +Active/);
    });

    it('version, api-resources, api-versions, explain and get --raw, answer', async () => {
      expect(await said(['version', '--output', 'json'])).toContain('v1.33.0-berth');
      expect(await said(['api-resources'])).toMatch(/configmaps +cm +v1 +true +ConfigMap/);
      expect(await said(['api-versions'])).toMatch(/^apps\/v1\n(.+\n)*v1\n$/);
      expect(await said(['explain', 'configmap'])).toMatch(/KIND: +ConfigMap/);
      expect(await said(['get', '--raw', '/readyz'])).toBe('ok');
    });

    it('delete of a namespace, takes everything in it along', async () => {
      const name = `${space}-full`;
      await said(['create', 'namespace', name]);
      await said(['create', 'configmap', 'inside', '--from-literal=a=b', '--namespace', name]);
      expect(await said(['delete', 'namespace', name])).toContain(`namespace "${name}" deleted`);
      expect(await said(['get', 'configmaps', '--all-namespaces', '-o', 'name'])).not.toContain('inside');
    });

    it('a token nobody issued, is refused', async () => {
      const { code, stderr } = await cli.run(['get', 'namespaces', '--token', 'made-up']);
      expect(code).toBe(1);
      expect(stderr).toMatch(/Unauthorized|logged in/);
    });
  });
});
