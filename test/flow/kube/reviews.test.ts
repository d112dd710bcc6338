import { beforeEach, describe, expect, it } from 'vitest';
import { type KubeWorld, kubeWorld } from '#test/support/kube-world.ts';

const AUTHORIZATION = '/apis/authorization.k8s.io/v1';

describe('reviews', () => {
  let kube: KubeWorld;
  const mayI = async (spec: object, path = 'selfsubjectaccessreviews') =>
    kube.send('POST', `${AUTHORIZATION}/${path}`, { apiVersion: 'authorization.k8s.io/v1', spec });
  const allowed = async (resourceAttributes: object) => (await mayI({ resourceAttributes })).body.status.allowed;

  beforeEach(async () => {
    kube = await kubeWorld();
  });

  it.each([
    [{ verb: 'create', resource: 'pods' }, true],
    [{ verb: 'patch', group: 'apps', resource: 'deployments', subresource: 'scale' }, true],
    [{ verb: '*', group: '*', resource: '*' }, true],
    [{ verb: 'create', group: 'scheduling.k8s.io', resource: 'priorityclasses' }, false],
    [{ verb: 'get', group: 'apps', resource: 'daemonsets' }, false],
    [{ verb: 'get', resource: 'deployments' }, false],
  ])('may I %j, is answered by what is served: %s', async (asked, expected) => {
    expect(await allowed(asked)).toBe(expected);
  });

  it('an answer, repeats the question and keeps nothing', async () => {
    const before = kube.world.store.feed.latest();
    const { status, body } = await mayI({ resourceAttributes: { verb: 'get', resource: 'pods' } });
    expect(status).toBe(201);
    expect(body).toEqual({
      kind: 'SelfSubjectAccessReview',
      apiVersion: 'authorization.k8s.io/v1',
      spec: { resourceAttributes: { verb: 'get', resource: 'pods' } },
      status: { allowed: true },
    });
    expect(kube.world.store.feed.latest()).toBe(before);
    expect((await kube.send('GET', `${AUTHORIZATION}/selfsubjectaccessreviews`)).status).toBe(405);
  });

  it('a question about nothing, is 400', async () => {
    expect((await mayI({})).status).toBe(400);
    expect((await mayI({ resourceAttributes: {}, nonResourceAttributes: {} })).status).toBe(400);
  });

  it('what is no resource, may be read', async () => {
    const { body } = await mayI({ nonResourceAttributes: { path: '/version', verb: 'get' } });
    expect(body.status.allowed).toBe(true);
  });

  it('another user, may do what everybody may', async () => {
    const asked = { user: 'somebody', resourceAttributes: { verb: 'delete', resource: 'pods' } };
    expect((await mayI(asked, 'subjectaccessreviews')).body.status).toEqual({ allowed: true });
  });

  it('a list of rules, names every resource with its verbs and subresources', async () => {
    const { body } = await kube.send('POST', `${AUTHORIZATION}/selfsubjectrulesreviews`, {
      spec: { namespace: 'default' },
    });
    expect(body.status.incomplete).toBe(false);
    expect(body.status.resourceRules).toContainEqual(
      expect.objectContaining({ apiGroups: ['apps'], resources: ['deployments/scale'] }),
    );
  });

  it('who am I, is answered with the user of the credential', async () => {
    const { status, body } = await kube.send('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', {
      kind: 'SelfSubjectReview',
    });
    expect(status).toBe(201);
    expect(body.status.userInfo).toEqual({
      username: 'tester',
      uid: 'default:tester',
      groups: ['system:authenticated'],
    });
    const older = await kube.send('POST', '/apis/authentication.k8s.io/v1beta1/selfsubjectreviews', {});
    expect(older.status).toBe(404);
  });
});
