import { Sha256 } from '@aws-crypto/sha256-js';
import { CreateClusterCommand, DeleteClusterCommand } from '@aws-sdk/client-eks';
import { SignatureV4 } from '@smithy/signature-v4';
import { beforeEach, describe, expect, it } from 'vitest';
import { awsTokens } from '#api/kube/auth/aws-tokens.ts';
import type { KubeUser, TokenVerifier } from '#api/kube/auth/token-verifier.ts';
import { CREDENTIALS, KEYS, PRINCIPAL } from '#test/support/ecs-request.ts';
import { type EksWorld, eksWorld, ROLE } from '#test/support/eks-world.ts';

const STS = 'sts.us-east-1.amazonaws.com';
const MINUTE = 60_000;

interface TokenOptions {
  readonly cluster?: string;
  readonly host?: string;
  readonly protocol?: string;
  readonly region?: string;
  readonly service?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly secretAccessKey?: string;
  readonly accessKeyId?: string;
  readonly expiresIn?: number;
  readonly age?: number;
}

let world: EksWorld;
let verifier: TokenVerifier;

beforeEach(async () => {
  world = await eksWorld();
  verifier = awsTokens({ deps: world.deps, keys: KEYS, hosts: ['127.0.0.1:8700'] });
});

/** The URL that `aws eks get-token` signs. */
async function signedUrl(options: TokenOptions = {}): Promise<string> {
  const { host = STS, protocol = 'https:', region = 'us-east-1', service = 'sts', expiresIn = 60 } = options;
  const credentials = { ...CREDENTIALS, ...options };
  const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol,
      hostname: host,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15', ...options.query },
      headers: { host, 'x-k8s-aws-id': options.cluster ?? 'default', ...options.headers },
    },
    { signingDate: new Date(world.deps.clock.now() - (options.age ?? 0)), expiresIn },
  );
  return `${protocol}//${host}/?${new URLSearchParams(query as Record<string, string>)}`;
}

const wrapped = (url: string): string => `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
const token = async (options?: TokenOptions): Promise<string> => wrapped(await signedUrl(options));
const verify = async (options?: TokenOptions): Promise<KubeUser | undefined> => verifier.verify(await token(options));

describe('a token of aws eks get-token', () => {
  it('for a cluster, is whose key signed it, in that cluster', async () => {
    expect(await verify()).toEqual({
      name: PRINCIPAL,
      uid: `default:${PRINCIPAL}`,
      groups: ['system:masters', 'system:authenticated'],
      cluster: 'default',
    });
  });

  it.each<[string, TokenOptions]>([
    ['the host of all regions', { host: 'sts.amazonaws.com' }],
    ['this installation’s own address', { host: '127.0.0.1:8700', protocol: 'http:' }],
    ['14 minutes ago', { age: 14 * MINUTE }],
    ['a clock that is a little ahead', { age: -MINUTE }],
  ])('for %s, counts', async (_, options) => {
    expect((await verify(options))?.cluster).toBe('default');
  });

  it('for one of several clusters, is for that one', async () => {
    for (const name of ['blue', 'green']) {
      const request = { name, roleArn: ROLE, resourcesVpcConfig: {} };
      await world.eks.send(new CreateClusterCommand(request));
    }
    expect(await verify({ cluster: 'blue' })).toBeUndefined();
    await world.settle();
    expect((await verify({ cluster: 'blue' }))?.cluster).toBe('blue');
    expect((await verify({ cluster: 'green' }))?.cluster).toBe('green');
    await world.eks.send(new DeleteClusterCommand({ name: 'green' }));
    world.kube.world.advance(MINUTE);
    expect(await verify({ cluster: 'green' })).toBeUndefined();
  });

  it.each<[string, TokenOptions]>([
    ['a cluster there is not', { cluster: 'nope' }],
    ['a cluster whose name is longer', { cluster: 'defaultx' }],
    ['another secret', { secretAccessKey: 'wrong' }],
    ['an unknown key', { accessKeyId: 'AKIAOTHER' }],
    ['another region', { region: 'eu-west-1', host: 'sts.eu-west-1.amazonaws.com' }],
    ['a region that is not its host’s', { region: 'eu-west-1' }],
    ['another service', { service: 'iam' }],
    ['another host', { host: 'sts.us-east-1.amazonaws.com.evil.test' }],
    ['another port', { host: `${STS}:444` }],
    ['plain HTTP', { protocol: 'http:' }],
    ['another call', { query: { Action: 'AssumeRole' } }],
    ['a call with more in it', { query: { RoleArn: 'x' } }],
    ['one more signed header', { headers: { 'x-other': 'y' } }],
    ['more than 15 minutes ago', { age: 15 * MINUTE + 1_000 }],
    ['the day after tomorrow', { age: -2 * 86_400_000 }],
    ['a life of an hour', { expiresIn: 3_600 }],
  ])('for %s, does not count', async (_, options) => {
    expect(await verify(options)).toBeUndefined();
  });

  it('whose text was changed anywhere, does not count', async () => {
    const url = await signedUrl();
    const changed = [
      url.replace('https://', 'https://user@'),
      url.replace('/?', '/x?'),
      `${url}#x`,
      `${url}&Action=GetCallerIdentity`,
      url.replace(/X-Amz-Signature=../, 'X-Amz-Signature=00'),
      url.replace('Version=2011-06-15&', ''),
      url.replace(STS, STS.toUpperCase()),
      'no url',
      '',
    ];
    for (const text of changed) expect([text, await verifier.verify(wrapped(text))]).toEqual([text, undefined]);
    for (const text of ['k8s-aws-v1.', 'k8s-aws-v2.abc', 'abc']) expect(await verifier.verify(text)).toBeUndefined();
  });

  it('that no key of ours can have signed, costs no read of the store', async () => {
    const store = new Proxy(world.deps.store, {
      get: () => () => {
        throw new Error('the store was read');
      },
    });
    const careful = awsTokens({ deps: { ...world.deps, store }, keys: KEYS, hosts: [] });
    expect(await careful.verify(await token({ accessKeyId: 'AKIAOTHER' }))).toBeUndefined();
    expect(await careful.verify(await token({ age: 16 * MINUTE }))).toBeUndefined();
  });

  it('whose key is revoked, counts for another half a minute at most', async () => {
    let isRevoked = false;
    const keys = { ...KEYS, find: async (id: string) => (isRevoked ? undefined : KEYS.find(id)) };
    const revocable = awsTokens({ deps: world.deps, keys, hosts: [] });
    const shown = await token();
    expect(await revocable.verify(shown)).toBeDefined();
    isRevoked = true;
    world.kube.world.advance(30_000);
    expect(await revocable.verify(shown)).toBeUndefined();
  });
});
