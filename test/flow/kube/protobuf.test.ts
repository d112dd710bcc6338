import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { type Fields, messageField, textField } from '#api/kube/documents/protobuf-writer.ts';
import { type KubeReply, type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const MAPS = '/api/v1/namespaces/default/configmaps';
const HEADERS = { 'content-type': 'application/vnd.kubernetes.protobuf' };
const MAGIC = [0x6b, 0x38, 0x73, 0];

const entry = (number: number, key: string, value: string): Fields =>
  messageField(number, textField(1, key), textField(2, value));

/** As kubectl writes it: texts and times without content are written, too. */
const meta = (name: string, ...more: readonly Fields[]): Fields =>
  messageField(1, textField(1, name), textField(2, ''), textField(3, ''), messageField(8), ...more);

const envelope = (kind: string, ...fields: readonly Fields[]): Uint8Array =>
  Uint8Array.from([
    ...MAGIC,
    ...messageField(1, textField(1, 'v1'), textField(2, kind)),
    ...messageField(2, ...fields),
    ...textField(3, ''),
    ...textField(4, ''),
  ]);

describe('protobuf bodies of the Kubernetes face', () => {
  let kube: KubeWorld;
  const post = (path: string, body: Uint8Array): Promise<KubeReply> => kube.send('POST', path, body, HEADERS);

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it('a ConfigMap, is created with its data, binary data, labels and the immutable flag', async () => {
    const labels = [entry(11, 'app', 'web'), entry(11, 'empty', '')];
    const fields = [meta('one', ...labels), entry(2, 'a', 'ü'), entry(2, '__proto__', 'x'), entry(3, 'b', '\u0001')];
    const { status } = await post(MAPS, envelope('ConfigMap', ...fields, [0x20, 1]));
    expect(status).toBe(201);
    const { body } = await kube.send('GET', `${MAPS}/one`);
    expect(body).toMatchObject({ metadata: { labels: { app: 'web', empty: '' } }, binaryData: { b: 'AQ==' } });
    expect(body).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap', immutable: true });
    expect(Object.entries(body.data)).toEqual([
      ['a', 'ü'],
      ['__proto__', 'x'],
    ]);
  });

  it('a Namespace with its empty spec and status, is Active as one sent in JSON', async () => {
    const { status, body } = await post('/api/v1/namespaces', envelope('Namespace', meta('n'), [0x12, 0], [0x1a, 0]));
    expect(status).toBe(201);
    expect(body).toMatchObject({ spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } });
  });

  it('a Secret and a ServiceAccount, are created with all that was sent', async () => {
    const secret = envelope('Secret', meta('s'), entry(2, 'p', 'hidden'), textField(3, 'Opaque'));
    expect((await post('/api/v1/namespaces/default/secrets', secret)).body.data).toEqual({ p: 'aGlkZGVu' });
    const account = envelope('ServiceAccount', meta('a'), messageField(3, textField(1, 'pull')));
    const { body } = await post('/api/v1/namespaces/default/serviceaccounts', account);
    expect(body.imagePullSecrets).toEqual([{ name: 'pull' }]);
  });

  it('delete options with another uid, delete nothing', async () => {
    await post(MAPS, envelope('ConfigMap', meta('one')));
    const options = envelope('DeleteOptions', [0x08, 0], messageField(2, textField(1, 'of-another')));
    expect((await kube.send('DELETE', `${MAPS}/one`, options, HEADERS)).status).toBe(409);
    expect((await kube.send('DELETE', `${MAPS}/one`, envelope('DeleteOptions', [0x08, 0]), HEADERS)).status).toBe(200);
  });

  it('a kind that nobody knows, is 415 and says what is', async () => {
    const { status, body } = await post(MAPS, envelope('Widget', meta('one')));
    expect(status).toBe(415);
    expect(body.message).toContain('send it as application/json');
  });

  it.each([
    ['no envelope', Uint8Array.from([1, 2, 3])],
    ['nothing', new Uint8Array()],
    ['JSON', new TextEncoder().encode('{}')],
    ['an envelope without a kind', Uint8Array.from([...MAGIC, ...messageField(2, meta('one'))])],
    ['half of an object', envelope('ConfigMap', meta('one')).subarray(0, 20)],
    ['a field longer than the body', envelope('ConfigMap', [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f])],
    ['a number without an end', envelope('ConfigMap', [0x20, ...Array.from({ length: 11 }, () => 0xff)])],
    ['a group', envelope('ConfigMap', [0x0b])],
    ['a text that is no UTF-8', envelope('ConfigMap', [0x0a, 3, 0x0a, 1, 0xff])],
    ['a number in the place of a message', envelope('ConfigMap', [0x08, 1])],
    [
      'a time after the year 9999',
      envelope('ConfigMap', meta('x', messageField(9, [0x08, ...Array(8).fill(0xff), 1]))),
    ],
  ])('%s, is 400', async (_what, body) => {
    expect(await post(MAPS, body)).toMatchObject({ status: 400, body: { kind: 'Status', reason: 'BadRequest' } });
  });

  it('any bytes changed anywhere, are never answered with 5xx', async () => {
    const whole = envelope('ConfigMap', meta('one', entry(11, 'a', 'b'), textField(14, 'f/g')), entry(2, 'k', 'v'));
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.nat(whole.length), async (changes, end) => {
        const body = Uint8Array.from(whole);
        for (const { at, byte } of changes) body[at] = byte;
        expect((await post(MAPS, body.subarray(0, end))).status).toBeLessThan(500);
      }),
      { numRuns: 300 },
    );
  });

  it('a body of one MiB in the smallest entries, is read within a moment', async () => {
    const tiny = Array.from({ length: 520_000 }, () => [0x12, 0]).flat();
    const began = performance.now();
    expect((await post(MAPS, envelope('ConfigMap', meta('one'), tiny))).status).toBe(422);
    expect(performance.now() - began).toBeLessThan(10_000);
  });
});
