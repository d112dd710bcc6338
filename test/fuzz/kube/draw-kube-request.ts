import { apiVersionOf, type KubeResource } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import type { Chance } from '../chance.ts';
import type { JsonObject } from '../valid-requests.ts';
import { drawBody, drawPatch, type FuzzBody } from './bodies.ts';
import { manifestOf, protobufOf } from './objects.ts';

export interface DrawnKubeRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array;
  readonly how: string;
  readonly resource: string;
}

const NAMES = ['one', 'one', 'one', 'one', 'two', 'three', 'kubernetes', 'default', 'big'];
const SPACES = [...Array.from({ length: 12 }, () => 'default'), 'team', 'kube-system', 'gone'];
const JUNK_NAMES = [
  '',
  '%',
  '%2F',
  '%00',
  '..',
  '.',
  'a%2Fb',
  'Ünïcode',
  '__proto__',
  'a'.repeat(5_000),
  '%E0%A4%A',
  ' ',
  '*',
  '?',
];
const DOCUMENTS = [
  '/',
  '/api',
  '/apis',
  '/api/v1',
  '/api/v2',
  '/apis/apps',
  '/apis/apps/v1',
  '/apis/nothing/v1',
  '/openapi/v2',
  '/openapi/v3',
  '/openapi/v3/api/v1',
  '/openapi/v3/apis/apps/v1',
  '/openapi/v3/../../etc/passwd',
  '/version',
  '/readyz',
  '/livez/ping',
  '/metrics',
  '//api//v1',
  '/api/v1/namespaces/default/pods/one/log',
  '/api/v1/namespaces/default/pods/one/exec',
  '/api/v1/namespaces/default/pods/one/attach',
  '/api/v1/namespaces/default/pods/one/portforward',
  '/api/v1/namespaces/default/pods/one/eviction',
  '/api/v1/namespaces/default/pods/one/binding',
  '/apis/apps/v1/namespaces/default/deployments/one/scale/status',
];
const WRITTEN = RESOURCES.filter(({ verbs }) => verbs.includes('update'));
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS', 'TRACE', 'get', ''];
const ACCEPTS = [
  'application/json',
  'application/json;as=Table;v=v1;g=meta.k8s.io,application/json',
  'application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io',
  'application/vnd.kubernetes.protobuf,application/json',
  'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList',
  '*/*',
  'application/json;as=Nothing',
  ';;;,,,==',
  'a'.repeat(10_000),
];
const LABEL_SELECTORS = [
  'app=web',
  'app in (web,db),tier notin (x)',
  '!app',
  'app!=web,app',
  'a>1,b<2',
  'app in (',
  '((((((',
  ',,,,',
  '=',
  'a'.repeat(20_000),
  `a in (${'b,'.repeat(5_000)}c)`,
  'app=web,'.repeat(1_500),
  '\u0000',
  `${' '.repeat(16_000)}!`,
  'a\u00a0in (b)',
];
const FIELD_SELECTORS = [
  'metadata.name=one',
  'metadata.namespace!=default',
  'status.phase=Running',
  'spec.nodeName=',
  'involvedObject.uid=u,reason!=x',
  'source=me',
  'spec.nothing=x',
  '__proto__.x=1',
  'metadata.name=a\\,b\\=c\\\\',
  'metadata.name=\\',
  '='.repeat(1_000),
  'metadata.name=x,'.repeat(1_000),
  '\\'.repeat(10_001),
];
const NUMBERS = ['0', '1', '2', '500', '999999999999', '-1', '1.5', 'x', '', '1e3', '9'.repeat(40)];
const CONTINUES = ['x', 'a.b.c', '', 'e30.e30', '%', 'A'.repeat(20_000)];

/** A request of any verb to any path of the face: most of them nearly right. */
export function drawKubeRequest(chance: Chance): DrawnKubeRequest {
  if (chance.isOneIn(12)) return stray(chance);
  // What is only read or only asked has little that can go wrong.
  const resource = chance.one(chance.isOneIn(4) ? RESOURCES : WRITTEN);
  const name = chance.isOneIn(25) ? chance.one(JUNK_NAMES) : chance.one(NAMES);
  const space = chance.isOneIn(40) ? chance.one(JUNK_NAMES) : chance.one(SPACES);
  const method = chance.isOneIn(40)
    ? chance.one(METHODS)
    : chance.one(['GET', 'POST', 'POST', 'PUT', 'PATCH', 'PATCH', 'DELETE']);
  const isCollection = method === 'POST' || (method === 'GET' && chance.isOneIn(2)) || chance.isOneIn(10);
  const part = !isCollection && chance.isOneIn(5) ? partOf(resource, chance) : '';
  const collection = collectionPath(resource, space, isCollection && method === 'GET' && chance.isOneIn(3));
  const path = isCollection ? collection : `${collection}/${name}${part}`;
  const object = manifestOf(resource, name, space);
  const { type, body, how } = bodyFor(method, resource, object, chance);
  const accept = chance.one(ACCEPTS);
  return {
    method,
    path,
    query: drawQuery(method, chance),
    headers: { accept, ...(body.length > 0 ? { 'content-type': type } : {}) },
    body,
    how,
    resource: `${resource.plural}.${resource.group}`,
  };
}

function stray(chance: Chance): DrawnKubeRequest {
  return {
    method: chance.one(METHODS),
    path: chance.isOneIn(3) ? `/api/v1/${chance.one(JUNK_NAMES)}/${chance.one(JUNK_NAMES)}` : chance.one(DOCUMENTS),
    query: drawQuery('GET', chance),
    headers: { accept: chance.one(ACCEPTS) },
    body: '',
    how: 'stray',
    resource: 'documents',
  };
}

function collectionPath(resource: KubeResource, space: string, isEverywhere: boolean): string {
  const root = resource.group === '' ? '/api' : '/apis';
  const within = resource.isNamespaced && !isEverywhere ? `/namespaces/${space}` : '';
  return `${root}/${apiVersionOf(resource)}${within}/${resource.plural}`;
}

const partOf = ({ subresources }: KubeResource, chance: Chance): string =>
  `/${chance.one([...subresources.map(({ name }) => name), 'status', 'log', 'nothing'])}`;

function bodyFor(method: string, resource: KubeResource, object: JsonObject, chance: Chance): FuzzBody {
  const empty = { type: '', body: '', how: 'no body' };
  if (method === 'PATCH') return drawPatch(object, chance);
  if (method === 'POST' || method === 'PUT') {
    return drawBody(object, () => protobufOf(resource, object), chance);
  }
  if (method !== 'DELETE' || chance.isOneIn(2)) return empty;
  const preconditions = chance.one([{ uid: 'x' }, { resourceVersion: '1' }, {}, null, 'x']);
  const options = chance.one<JsonObject>([
    { propagationPolicy: chance.one(['Orphan', 'Background', 'Foreground', 'Nothing']) },
    { gracePeriodSeconds: chance.one([0, 1, -1, 1e9, 'x' as never]) },
    { preconditions: preconditions as never },
    { dryRun: ['All'] },
    { orphanDependents: true },
  ]);
  return drawBody({ kind: 'DeleteOptions', apiVersion: 'v1', ...options }, () => undefined, chance);
}

function drawQuery(method: string, chance: Chance): string {
  const query = new URLSearchParams();
  const sometimes = (name: string, values: readonly string[], odds: number): void => {
    if (chance.isOneIn(odds)) query.set(name, chance.one(values));
  };
  sometimes('labelSelector', LABEL_SELECTORS, 8);
  sometimes('fieldSelector', FIELD_SELECTORS, 8);
  sometimes('limit', NUMBERS, 8);
  sometimes('resourceVersion', NUMBERS, 8);
  sometimes('continue', CONTINUES, 20);
  sometimes('dryRun', ['All', 'All', 'None', ''], 8);
  sometimes('fieldValidation', ['Strict', 'Warn', 'Ignore', 'Nothing'], 4);
  sometimes('fieldManager', ['kubectl', '', 'x'.repeat(500), '\u0000'], 6);
  sometimes('force', ['true', 'false', 'x'], 10);
  sometimes('includeObject', ['None', 'Metadata', 'Object', 'x'], 10);
  sometimes('allowWatchBookmarks', ['true', 'x'], 10);
  sometimes('timeoutSeconds', NUMBERS, 12);
  sometimes('propagationPolicy', ['Orphan', 'Foreground', 'x'], 12);
  sometimes('gracePeriodSeconds', NUMBERS, 12);
  if (method === 'GET') sometimes('watch', ['true', '1', 'x'], 6);
  return query.toString();
}
