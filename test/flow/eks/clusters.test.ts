import * as eks from '@aws-sdk/client-eks';
import { beforeEach, describe, expect, it } from 'vitest';
import { BINDINGS, OPERATIONS } from '#api/eks/operations.ts';
import { serveEks } from '#api/eks/serve.ts';
import { UNSERVED_OPERATIONS } from '#api/eks/unserved-operations.ts';
import { createCluster } from '#control/clusters/create-cluster.ts';
import { createObject } from '#control/kube/create-object.ts';
import { listObjects } from '#control/kube/read-objects.ts';
import { clusters, read } from '#control/records.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { KEYS } from '#test/support/ecs-request.ts';
import { type EksWorld, eksWorld, KUBE, ROLE } from '#test/support/eks-world.ts';

let world: EksWorld;

beforeEach(async () => {
  world = await eksWorld();
});

const create = (name: string, changes: Partial<eks.CreateClusterRequest> = {}) =>
  world.eks.send(
    new eks.CreateClusterCommand({ name, roleArn: ROLE, resourcesVpcConfig: { subnetIds: ['subnet-1'] }, ...changes }),
  );
const describeCluster = async (name: string) =>
  (await world.eks.send(new eks.DescribeClusterCommand({ name }))).cluster;
const remove = (name: string) => world.eks.send(new eks.DeleteClusterCommand({ name }));
const names = async (): Promise<readonly string[]> =>
  (await world.eks.send(new eks.ListClustersCommand({}))).clusters ?? [];

describe('DescribeCluster', () => {
  it('of the cluster a stack begins with, has what update-kubeconfig needs', async () => {
    expect(await describeCluster('default')).toMatchObject({
      name: 'default',
      status: 'ACTIVE',
      version: '1.33',
      endpoint: KUBE.endpoint,
      certificateAuthority: { data: Buffer.from(KUBE.authority).toString('base64') },
    });
  });
});

describe('CreateCluster', () => {
  it('of a new name, makes the cluster and its namespaces, and shows what was asked for', async () => {
    const { cluster: made } = await create('blue', { tags: { a: 'b' }, version: '1.33' });
    expect(made).toMatchObject({
      status: 'CREATING',
      roleArn: ROLE,
      tags: { a: 'b' },
      resourcesVpcConfig: { subnetIds: ['subnet-1'], endpointPublicAccess: true },
    });
    expect(made?.arn).toMatch(/^arn:aws:eks:[\w-]+:\d{12}:cluster\/blue$/);
    await world.settle();
    expect(await describeCluster('blue')).toEqual({ ...made, status: 'ACTIVE' });
    expect((await read(world.deps.store, clusters, 'blue'))?.value.status).toBe('ACTIVE');
    expect(await names()).toEqual(['blue', 'default']);
  });

  it('of a cluster that the ECS face made, gives it a Kubernetes side', async () => {
    const { store } = world.deps;
    await createCluster(world.deps, { name: 'green', tags: [], settings: [] });
    await expect(describeCluster('green')).rejects.toBeInstanceOf(eks.ResourceNotFoundException);
    await create('green');
    await world.settle();
    expect((await describeCluster('green'))?.status).toBe('ACTIVE');
    await remove('green');
    await world.settle();
    await expect(describeCluster('green')).rejects.toBeInstanceOf(eks.ResourceNotFoundException);
    expect((await read(store, clusters, 'green'))?.value.status).toBe('ACTIVE');
  });

  it('of a name that is taken, is refused, unless it is the same request again', async () => {
    await expect(create('default')).rejects.toMatchObject({
      name: 'ResourceInUseException',
      message: 'Cluster already exists with name: default',
    });
    const first = await create('blue', { clientRequestToken: 'once' });
    expect((await create('blue', { clientRequestToken: 'once' })).cluster).toEqual(first.cluster);
    await expect(create('blue', { clientRequestToken: 'once', tags: { a: 'b' } })).rejects.toBeInstanceOf(
      eks.InvalidRequestException,
    );
  });

  it.each<[string, Partial<eks.CreateClusterRequest>]>([
    ['a name that is none', { name: '-x' }],
    ['a version Berth is not', { version: '1.20' }],
    ['Auto Mode', { computeConfig: { enabled: true } }],
    ['keys for encryption', { encryptionConfig: [{ resources: ['secrets'], provider: { keyArn: 'k' } }] }],
  ])('of %s, is an InvalidParameterException', async (_, changes) => {
    await expect(create('blue', changes)).rejects.toBeInstanceOf(eks.InvalidParameterException);
  });

  it('of what is switched off, is served', async () => {
    await create('blue', { computeConfig: { enabled: false }, deletionProtection: false });
  });
});

describe('DeleteCluster', () => {
  it('of a cluster with a profile, is refused', async () => {
    await expect(remove('default')).rejects.toBeInstanceOf(eks.ResourceInUseException);
  });

  it('of a cluster made by EKS, takes all its objects along, and a new one of the name begins empty', async () => {
    await create('blue');
    await world.settle();
    const { kube, deps } = world;
    const target = { cluster: 'blue', resource: resourceNamed('configmaps'), namespace: 'default' };
    await createObject(deps, target, { metadata: { name: 'one' } }, { isDryRun: false });
    expect((await remove('blue')).cluster?.status).toBe('DELETING');
    await world.settle();
    expect(await names()).toEqual(['default']);
    expect(await listObjects(deps, { cluster: 'blue', resource: 'configmaps' })).toEqual([]);
    expect(await listObjects(deps, { cluster: 'blue', resource: 'namespaces' })).toEqual([]);
    expect((await read(deps.store, clusters, 'blue'))?.value.status).toBe('INACTIVE');
    await create('blue');
    await world.settle();
    expect((await listObjects(deps, { cluster: 'blue', resource: 'namespaces' })).length).toBe(4);
    expect((await kube.send('GET', '/api/v1/namespaces')).body.items.length).toBe(4);
  });
});

describe('every other operation of the model', () => {
  it('is served, or is refused by name with a reason', () => {
    const known = [...OPERATIONS.keys(), ...UNSERVED_OPERATIONS.keys()].toSorted();
    expect(known).toEqual(BINDINGS.map(({ name }) => name).toSorted());
  });

  it.each([
    ['GET', '/clusters/default/node-groups', 'ListNodegroups'],
    ['POST', '/clusters/default/addons', 'CreateAddon'],
    ['POST', '/clusters/default/update-config', 'UpdateClusterConfig'],
    ['GET', '/cluster-versions', 'DescribeClusterVersions'],
  ])('%s %s, is refused as %s', async (method, path, name) => {
    const answer = await world.send(method, path);
    expect(answer.status).toBe(400);
    expect(answer.headers['x-amzn-errortype']).toBe('ClientException');
    expect(JSON.parse(answer.body).message).toContain(`Berth does not serve the operation ${name}: `);
  });

  it('of a path or a method EKS does not know, is an UnknownOperationException', async () => {
    for (const [method, path] of [
      ['GET', '/nothing'],
      ['PUT', '/clusters'],
      ['GET', '/clusters//fargate-profiles'],
    ] as const) {
      const answer = await world.send(method, path);
      expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([404, 'UnknownOperationException']);
    }
  });
});

describe('a request to the EKS face', () => {
  it.each([
    ['a body that is no JSON', 'POST', '/clusters', '{{', 'SerializationException'],
    ['a member it does not know', 'POST', '/clusters', '{"name":"x","nope":1}', 'InvalidParameterException'],
    [
      'a member of the path in the body',
      'POST',
      '/clusters/a/fargate-profiles',
      '{"clusterName":"b"}',
      'SerializationException',
    ],
    ['a query it does not know', 'GET', '/clusters?x=1', '', 'SerializationException'],
    ['a page size that is no number', 'GET', '/clusters?maxResults=a', '', 'SerializationException'],
    ['a required member left out', 'POST', '/clusters', '{"name":"x"}', 'InvalidParameterException'],
  ])('with %s, is a %s', async (_, method, path, body, type) => {
    const answer = await world.send(method, path, body);
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([400, type]);
  });

  it('that nobody signed, is refused before the store is read or the body is looked at', async () => {
    const store = new Proxy(world.deps.store, {
      get: () => () => {
        throw new Error('the store was read');
      },
    });
    for (const headers of [{}, { host: 'eks.test' }, { authorization: 'Bearer x' }]) {
      const request = { method: 'POST', path: '/clusters', headers, body: '{{{' };
      const answer = await serveEks({ deps: { ...world.deps, store }, keys: KEYS }, request);
      expect(answer.status).toBe(403);
      expect(answer.headers['x-amzn-errortype']).toMatch(/^(MissingAuthenticationToken|IncompleteSignature)Exception$/);
    }
  });

  it('signed for another service, is refused', async () => {
    const answer = await world.send('GET', '/clusters', '', { service: 'ecs' });
    expect([answer.status, answer.headers['x-amzn-errortype']]).toEqual([403, 'InvalidSignatureException']);
  });

  it('whose path a gateway unescaped, is as good as one it did not', async () => {
    const path = `/tags/${encodeURIComponent((await describeCluster('default'))?.arn ?? '')}`;
    expect((await world.send('GET', path)).status).toBe(200);
    expect((await world.send('GET', path, '', { arrivesAs: decodeURIComponent(path) })).status).toBe(200);
    expect((await world.send('GET', path, '', { arrivesAs: `${path}x` })).status).toBe(403);
  });
});
