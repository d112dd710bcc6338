import type { Dependencies } from '#control/dependencies.ts';
import { Fault } from '#core/fault.ts';
import type { AccessKeys } from '../ecs/access-keys.ts';
import { authenticate } from '../ecs/auth/authenticate.ts';
import type { EcsAnswer, EcsRequest } from '../ecs/ecs-request.ts';
import { encode } from '../ecs/schema/encode.ts';
import { WireError } from '../ecs/wire-error.ts';
import { BUG_ANSWER, type ErrorAnswer, faultAnswer, wireErrorAnswer } from './fault-table.ts';
import type { KubeAddress } from './operation.ts';
import { OPERATIONS } from './operations.ts';
import { readInput } from './read-input.ts';
import { routeOf, signedPath } from './route.ts';
import { UNSERVED_OPERATIONS } from './unserved-operations.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/** What the EKS face is wired with. */
export interface EksServer {
  readonly deps: Dependencies;
  readonly keys: AccessKeys;
  /** Absent where nobody knows. */
  readonly kube?: KubeAddress;
}

/**
 * Answers one EKS request (REST JSON). Never throws: every outcome is an answer.
 * Nothing of the request but its signature is read before that is known to be good (X5).
 */
export async function serveEks(server: EksServer, request: EcsRequest): Promise<EcsAnswer> {
  const requestId = server.deps.ids.uuid();
  try {
    return answer(requestId, 200, await run(server, request));
  } catch (error) {
    const { type, status, message } = errorAnswer(server.deps, error, request, requestId);
    return answer(requestId, status, { message }, type);
  }
}

async function run({ deps, keys, kube }: EksServer, request: EcsRequest): Promise<unknown> {
  if (request.body.length > MAX_BODY_BYTES || Buffer.byteLength(request.body) > MAX_BODY_BYTES) {
    throw new WireError('RequestEntityTooLargeException', 'The request body is larger than 1 MiB.', 413);
  }
  const { principalArn } = await authenticate(deps, keys, { ...request, path: signedPath(request.path) }, 'eks');
  const route = routeOf(request.method, request.path);
  const { name, output } = route.binding;
  const operation = OPERATIONS.get(name);
  if (!operation) {
    const reason = UNSERVED_OPERATIONS.get(name) ?? 'it is new in the model.';
    throw new Fault('Unsupported', `Berth does not serve the operation ${name}: ${reason}`);
  }
  const call = { deps, principalArn, pageTokenKey: () => keys.pageTokenKey(), ...(kube && { kube }) };
  const input = readInput(route, request.query ?? '', request.body);
  return encode(output, await operation.run(call, input));
}

function errorAnswer({ log }: Dependencies, error: unknown, { path }: EcsRequest, requestId: string): ErrorAnswer {
  if (error instanceof WireError) return wireErrorAnswer(error);
  if (error instanceof Fault) {
    if (error.code === 'Unavailable') log.warn('request failed', { requestId, cause: error });
    return faultAnswer(error, path.startsWith('/tags/'));
  }
  log.error('request met a bug', { requestId, cause: error });
  return BUG_ANSWER;
}

const answer = (requestId: string, status: number, body: unknown, errorType?: string): EcsAnswer => ({
  status,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
  },
  body: JSON.stringify(body),
});
