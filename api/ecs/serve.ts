import type { Dependencies } from '#control/dependencies.ts';
import { Fault } from '#core/fault.ts';
import type { AccessKeys } from './access-keys.ts';
import { authenticate } from './auth/authenticate.ts';
import type { EcsAnswer, EcsRequest } from './ecs-request.ts';
import { BUG_BODY, type ErrorBody, faultBody, wireErrorBody } from './fault-table.ts';
import { operationOf } from './operations.ts';
import { plainRead } from './plain-read.ts';
import { decode } from './schema/decode.ts';
import { encode } from './schema/encode.ts';
import { WireError } from './wire-error.ts';

const MAX_BODY_BYTES = 1024 * 1024;

/**
 * Answers one ECS request (AWS JSON 1.1 over `POST /`, or a plain GET of what can be read by one). Never throws: every outcome is an answer.
 * Nothing of the body is read, and the store is not touched, before the signature is known to be good (X5).
 */
export async function serveEcs(deps: Dependencies, keys: AccessKeys, request: EcsRequest): Promise<EcsAnswer> {
  const requestId = deps.ids.uuid();
  try {
    return answer(requestId, 200, await run(deps, keys, request));
  } catch (error) {
    const { status, body } = errorBody(deps, error, requestId);
    return answer(requestId, status, body, body.__type);
  }
}

async function run(deps: Dependencies, keys: AccessKeys, request: EcsRequest): Promise<unknown> {
  if (request.body.length > MAX_BODY_BYTES || Buffer.byteLength(request.body) > MAX_BODY_BYTES) {
    throw new WireError('RequestEntityTooLargeException', 'The request body is larger than 1 MiB.', 413);
  }
  const { principalArn } = await authenticate(deps, keys, request);
  const read = request.method === 'GET' ? plainRead(request.path, request.query ?? '') : undefined;
  const operation = operationOf(read?.target ?? targetOf(request));
  const input = decode(operation.input, read?.input ?? parse(request.body), '');
  return encode(
    operation.output,
    await operation.run({ deps, principalArn, pageTokenKey: () => keys.pageTokenKey() }, input),
  );
}

function targetOf(request: EcsRequest): string {
  const entry = Object.entries(request.headers).find(([name]) => name.toLowerCase() === 'x-amz-target');
  if (request.method !== 'POST' || request.path !== '/' || !entry) {
    throw new WireError('UnknownOperationException', 'ECS requests are POST / with an X-Amz-Target header.');
  }
  return entry[1];
}

function parse(body: string): unknown {
  if (body === '') return {};
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new WireError('SerializationException', 'The request body is not JSON.', 400, { cause });
  }
}

function errorBody(deps: Dependencies, error: unknown, requestId: string): ErrorBody {
  if (error instanceof WireError) return wireErrorBody(error);
  if (error instanceof Fault) {
    if (error.code === 'Unavailable') deps.log.warn('request failed', { requestId, cause: error });
    return faultBody(error);
  }
  deps.log.error('request met a bug', { requestId, cause: error });
  return BUG_BODY;
}

const answer = (requestId: string, status: number, body: unknown, errorType?: string): EcsAnswer => ({
  status,
  headers: {
    'content-type': 'application/x-amz-json-1.1',
    'x-amzn-requestid': requestId,
    ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
  },
  body: JSON.stringify(body),
});
