import { createHash } from 'node:crypto';
import { KUBE_VERSION } from '#core/kube/server-version.ts';
import { bytesAnswer, jsonAnswer, type KubeAnswer, type KubeRequest, textAnswer } from '../kube-request.ts';
import { type DiscoveryForm, discoveryForm } from '../negotiate.ts';
import { failure, statusAnswer } from '../status.ts';
import { documentPaths } from './definitions.ts';
import { aggregated, coreVersions, groupDocument, groupList, resourceList } from './discovery.ts';
import { OPEN_API_V2_ASKED, OPEN_API_V2_TYPE, openApiV2 } from './open-api-v2.ts';
import { openApiV3 } from './open-api-v3.ts';

/** The Kubernetes version whose behaviour is followed. */
const VERSION = {
  ...KUBE_VERSION,
  gitVersion: `v${KUBE_VERSION.major}.${KUBE_VERSION.minor}.0-berth`,
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: '',
};

/** Documents say the same to everybody as long as the program runs: each is made when it is first asked for, and kept. */
const MADE = new Map<string, KubeAnswer>();

function kept(name: string, make: () => KubeAnswer): KubeAnswer {
  const answer = MADE.get(name) ?? make();
  MADE.set(name, answer);
  return answer;
}

/** Everything that describes the API and is no object of it; undefined when the path names nothing. */
export function serveDocument(path: string, request: KubeRequest): KubeAnswer | undefined {
  const [root, ...rest] = path.slice(1).split('/');
  switch (root) {
    case 'version':
      return rest.length === 0 ? jsonAnswer(200, VERSION) : undefined;
    case 'healthz':
    case 'livez':
    case 'readyz':
      return textAnswer(200, 'ok');
    case 'api':
      if (rest.length === 0) return discovery(request, true, coreVersions);
      return orNothing(resourceList('', rest[0] ?? ''));
    case 'apis':
      if (rest.length === 0) return discovery(request, false, groupList);
      return orNothing(rest.length === 1 ? groupDocument(rest[0] ?? '') : resourceList(rest[0] ?? '', rest[1] ?? ''));
    case 'openapi':
      if (rest[0] === 'v2' && rest.length === 1) return openApiTwo(request);
      return rest[0] === 'v3' ? openApiThree(rest.slice(1).join('/'), request) : undefined;
    default:
      return undefined;
  }
}

const orNothing = (document: object | undefined): KubeAnswer | undefined => document && jsonAnswer(200, document);

/** Newer clients take everything at once and say so. */
function discovery({ headers }: KubeRequest, isCore: boolean, plain: () => object): KubeAnswer {
  const form: DiscoveryForm = discoveryForm(headers['accept']);
  return kept(`discovery ${form} ${isCore}`, () => {
    if (form === 'plain') return jsonAnswer(200, plain());
    const type = `application/json;g=apidiscovery.k8s.io;v=${form};as=APIGroupDiscoveryList`;
    return jsonAnswer(200, aggregated(isCore, form), type);
  });
}

/** Every client that asks for this document takes it as protobuf; as JSON nobody has read it for years. */
function openApiTwo({ headers }: KubeRequest): KubeAnswer {
  const accept = headers['accept'] ?? '*/*';
  if (accept.includes(OPEN_API_V2_ASKED) || accept.includes('*/*')) {
    return kept('openapi v2', () => bytesAnswer(200, openApiV2(), OPEN_API_V2_TYPE));
  }
  const known = `only the following media types are accepted: ${OPEN_API_V2_ASKED}`;
  return statusAnswer(failure(406, 'NotAcceptable', known));
}

/** The index names each document with a hash of what it says: clients keep a document for as long as the hash is the same. */
function openApiThree(path: string, { query }: KubeRequest): KubeAnswer | undefined {
  if (path === '') {
    return kept('openapi v3', () => {
      const paths = documentPaths().map((name) => [
        name,
        { serverRelativeURL: `/openapi/v3/${name}?hash=${hashOf(groupDocumentOf(name))}` },
      ]);
      return jsonAnswer(200, { paths: Object.fromEntries(paths) });
    });
  }
  if (!documentPaths().includes(path)) return undefined;
  const answer = groupDocumentOf(path);
  const isNamedByHash = new URLSearchParams(query).get('hash') === hashOf(answer);
  return isNamedByHash ? kept(`openapi v3 ${path} for good`, () => forGood(answer)) : answer;
}

const groupDocumentOf = (path: string): KubeAnswer =>
  kept(`openapi v3 ${path}`, () => jsonAnswer(200, openApiV3(path)));

const forGood = (answer: KubeAnswer): KubeAnswer => ({
  ...answer,
  headers: { ...answer.headers, 'cache-control': 'private, max-age=31536000, immutable' },
});

const HASHES = new WeakMap<KubeAnswer, string>();

function hashOf(answer: KubeAnswer): string {
  const known = HASHES.get(answer);
  if (known !== undefined) return known;
  const hash = createHash('sha256').update(String(answer.body)).digest('hex').slice(0, 32).toUpperCase();
  HASHES.set(answer, hash);
  return hash;
}
