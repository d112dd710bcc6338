import type { KubeRequest } from '../kube-request.ts';
import { bytesAnswer, jsonAnswer, type KubeAnswer, textAnswer } from '../kube-request.ts';
import { failure, statusAnswer } from '../status.ts';
import { aggregated, coreVersions, groupDocument, groupList, openApiPaths, resourceList } from './discovery.ts';
import { OPEN_API_V2_ASKED, OPEN_API_V2_TYPE, openApiV2 } from './open-api-v2.ts';
import { openApiV3 } from './open-api-v3.ts';

/** The Kubernetes version whose behaviour is followed. */
const VERSION = {
  major: '1',
  minor: '33',
  gitVersion: 'v1.33.0-berth',
  gitCommit: '',
  gitTreeState: 'clean',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: '',
  compiler: '',
  platform: '',
};

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
      return rest[0] === 'v3' ? openApi(rest.slice(1).join('/')) : undefined;
    default:
      return undefined;
  }
}

const orNothing = (document: object | undefined): KubeAnswer | undefined => document && jsonAnswer(200, document);

/** Newer clients take everything at once and say so. */
function discovery({ headers }: KubeRequest, isCore: boolean, plain: () => object): KubeAnswer {
  const accept = headers['accept'] ?? '';
  for (const version of ['v2', 'v2beta1'] as const) {
    if (!new RegExp(`g=apidiscovery\\.k8s\\.io;v=${version};as=APIGroupDiscoveryList`).test(accept)) continue;
    const type = `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    return jsonAnswer(200, aggregated(isCore, version), type);
  }
  return jsonAnswer(200, plain());
}

/** Every client that asks for this document takes it as protobuf; as JSON nobody has read it for years. */
function openApiTwo({ headers }: KubeRequest): KubeAnswer {
  const accept = headers['accept'] ?? '*/*';
  if (accept.includes(OPEN_API_V2_ASKED) || accept.includes('*/*')) {
    return bytesAnswer(200, openApiV2(), OPEN_API_V2_TYPE);
  }
  const known = `only the following media types are accepted: ${OPEN_API_V2_ASKED}`;
  return statusAnswer(failure(406, 'NotAcceptable', known));
}

function openApi(path: string): KubeAnswer | undefined {
  const known = openApiPaths();
  if (path === '') {
    const paths = known.map((name) => [name, { serverRelativeURL: `/openapi/v3/${name}` }]);
    return jsonAnswer(200, { paths: Object.fromEntries(paths) });
  }
  return known.includes(path) ? jsonAnswer(200, openApiV3(path)) : undefined;
}
