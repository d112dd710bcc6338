import type { Dependencies } from '#control/dependencies.ts';
import { notFound } from '#control/kube/kube-faults.ts';
import type { NamedTarget } from '#control/kube/object-request.ts';
import { objectIdOf } from '#control/kube/object-request.ts';
import { findObject } from '#control/kube/read-objects.ts';
import { Fault } from '#core/fault.ts';
import { authenticateBearer } from './auth/authenticate-bearer.ts';
import type { TokenVerifier } from './auth/token-verifier.ts';
import { isTrue, type KubeCall } from './call.ts';
import { serveDocument } from './documents/serve-document.ts';
import type { KubeAnswer, KubeRequest } from './kube-request.ts';
import { objectAnswer } from './present-objects.ts';
import { requireWritable } from './read-only.ts';
import { type Route, routeOf } from './route.ts';
import { BUG_STATUS, failure, faultStatus, statusAnswer } from './status.ts';
import { facetOf } from './verbs/facet.ts';
import { listVerb } from './verbs/list.ts';
import { logVerb } from './verbs/log.ts';
import { bindingVerb, evictVerb } from './verbs/pod-parts.ts';
import { deleteCollectionVerb, deleteVerb } from './verbs/remove.ts';
import { reviewVerb } from './verbs/review.ts';
import { watchVerb } from './verbs/watch.ts';
import { createVerb, patchVerb, updateVerb } from './verbs/write.ts';
import { Warnings } from './warnings.ts';

/** What the Kubernetes face is wired with. */
export interface KubeServer {
  readonly deps: Dependencies;
  readonly verifiers: readonly TokenVerifier[];
  readonly tokenKey: () => Promise<string>;
  readonly changes: KubeCall['changes'];
  readonly sleep: KubeCall['sleep'];
}

/**
 * Answers one request of the Kubernetes API. Never throws: every outcome is an answer, and failures are `Status` objects.
 * Nothing of the request but its credential is read before its user is known (X5); the credential names the cluster.
 */
export async function serveKube(server: KubeServer, request: KubeRequest): Promise<KubeAnswer> {
  try {
    const user = await authenticateBearer(server.verifiers, request.headers);
    const { deps, tokenKey, changes, sleep } = server;
    const parameters = new URLSearchParams(request.query);
    const warnings = new Warnings();
    const call = { deps, user, request, parameters, tokenKey, changes, sleep, warn: warnings.add };
    return warnings.addTo(await dispatch(call, routeOf(request.path)));
  } catch (error) {
    return errorAnswer(server.deps, error);
  }
}

function errorAnswer({ log }: Dependencies, error: unknown): KubeAnswer {
  if (!(error instanceof Fault)) {
    log.error('request met a bug', { cause: error });
    return statusAnswer(BUG_STATUS);
  }
  if (error.code === 'Unavailable') log.warn('request failed', { cause: error });
  return statusAnswer(faultStatus(error));
}

async function dispatch(call: KubeCall, route: Route): Promise<KubeAnswer> {
  const { request } = call;
  const answer = await answerOf(call, route);
  return answer ?? (route.kind === 'unknown' || route.kind === 'document' ? nowhere() : notAllowed(request.method));
}

/** Undefined when the path names nothing, or nothing that understands the method. */
async function answerOf(call: KubeCall, route: Route): Promise<KubeAnswer | undefined> {
  const { request, user } = call;
  switch (route.kind) {
    case 'unknown':
      return undefined;
    case 'upgrade':
      throw new Fault('InvalidParameter', needsUpgrade(route));
    case 'document':
      return request.method === 'GET' ? serveDocument(route.path, request) : undefined;
    case 'collection':
      return collectionVerb(call, route);
    case 'object': {
      const { resource, namespace, name, subresource } = route;
      return objectVerb(call, {
        cluster: user.cluster,
        resource,
        namespace,
        name,
        ...(subresource === undefined ? {} : { subresource }),
      });
    }
  }
}

async function collectionVerb(
  call: KubeCall,
  { resource, namespace }: Extract<Route, { kind: 'collection' }>,
): Promise<KubeAnswer | undefined> {
  const { request, parameters, user } = call;
  const target = { cluster: user.cluster, resource, namespace: namespace ?? '' };
  const isWhole = resource.isNamespaced && namespace === undefined;
  if (request.method !== 'GET') requireWritable(target);
  switch (request.method) {
    case 'GET':
      if (!resource.verbs.includes('list')) return undefined;
      return isTrue(parameters, 'watch') ? watchVerb(call, resource, namespace) : listVerb(call, resource, namespace);
    case 'POST':
      if (resource.review) return reviewVerb(call, resource, resource.review);
      return isWhole || !resource.verbs.includes('create') ? undefined : createVerb(call, target);
    case 'DELETE':
      return isWhole || !resource.verbs.includes('deletecollection') ? undefined : deleteCollectionVerb(call, target);
    default:
      return undefined;
  }
}

async function objectVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer | undefined> {
  const { resource, subresource } = target;
  if (call.request.method !== 'GET') requireWritable(target, target.name);
  const { verbs } = resource.subresources.find(({ name }) => name === subresource) ?? resource;
  switch (call.request.method) {
    case 'GET':
      if (subresource === 'binding') return bindingVerb(call, target);
      if (resource.kind === 'Pod' && subresource === 'log') return logVerb(call, target);
      return verbs.includes('get') ? getVerb(call, target) : undefined;
    case 'POST':
      return subresource === 'eviction' ? evictVerb(call, target) : undefined;
    case 'PUT':
      return verbs.includes('update') ? updateVerb(call, target) : undefined;
    case 'PATCH':
      return verbs.includes('patch') ? patchVerb(call, target) : undefined;
    case 'DELETE':
      return verbs.includes('delete') ? deleteVerb(call, target) : undefined;
    default:
      return undefined;
  }
}

async function getVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const found = await findObject(call.deps, objectIdOf(target, target.name));
  if (!found) throw notFound(target.resource, target.name);
  const { resource, show } = facetOf(target);
  return objectAnswer(call, resource, show(found.value));
}

const needsUpgrade = ({ namespace, name, subresource }: Extract<Route, { kind: 'upgrade' }>): string =>
  `pods/${subresource} needs HTTP Upgrade, which Berth's Kubernetes API does not offer yet; ` +
  (subresource === 'portforward'
    ? `reach pod "${name}" by its address on its machine`
    : `use: npx berth exec pod/${namespace}/${name} -- COMMAND`);

const nowhere = (): KubeAnswer =>
  statusAnswer(failure(404, 'NotFound', 'the server could not find the requested resource'));

const notAllowed = (method: string): KubeAnswer =>
  statusAnswer(
    failure(405, 'MethodNotAllowed', `the server does not allow this method on the requested resource: ${method}`),
  );
