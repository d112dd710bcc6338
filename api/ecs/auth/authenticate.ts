import { createHash, timingSafeEqual } from 'node:crypto';
import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Dependencies } from '#control/dependencies.ts';
import type { AccessKeys } from '../access-keys.ts';
import type { EcsRequest } from '../ecs-request.ts';
import { WireError } from '../wire-error.ts';
import { type Authorization, parseAuthorization } from './authorization-header.ts';

/** How far a request's date may be from ours, as AWS has it. */
const CLOCK_WINDOW_MS = 5 * 60_000;

export interface Principal {
  readonly principalArn: string;
}

/**
 * Verifies Signature Version 4 for one service by signing the request again, and answers with who signed it.
 * Cheap checks come first, so that an unknown caller costs neither a hash of the body nor a signature.
 */
export async function authenticate(
  deps: Pick<Dependencies, 'clock' | 'scope'>,
  keys: AccessKeys,
  request: EcsRequest,
  service = 'ecs',
): Promise<Principal> {
  const headers = lowerCased(request.headers);
  const authorization = parseAuthorization(headers.get('authorization'));
  const signedAt = checkDate(headers.get('x-amz-date'), authorization, deps.clock.now());
  checkScope(authorization, { region: deps.scope.region, service });
  checkSignedHeaders(authorization, headers);
  const key = await keys.find(authorization.accessKeyId);
  if (!key) {
    throw new WireError('UnrecognizedClientException', 'The security token included in the request is invalid.', 403);
  }
  const signer = new SignatureV4({
    credentials: { accessKeyId: authorization.accessKeyId, secretAccessKey: key.secretAccessKey },
    region: authorization.region,
    service,
    sha256: Sha256,
    applyChecksum: false,
  });
  const again = await signer.sign(canonicalRequest(request, headers, authorization), {
    signingDate: signedAt,
    signableHeaders: new Set(authorization.signedHeaders),
  });
  const expected = parseAuthorization(again.headers.authorization).signature;
  if (!timingSafeEqual(Buffer.from(expected), Buffer.from(authorization.signature))) throw wrongSignature();
  return { principalArn: key.principalArn };
}

/** Header names are case-insensitive; a name given twice could be read one way here and another way elsewhere. */
function lowerCased(headers: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const lower = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    const key = name.toLowerCase();
    if (lower.has(key)) throw invalidSignature(`The header '${key.slice(0, 100)}' was sent more than once.`);
    lower.set(key, value);
  }
  return lower;
}

function checkDate(text: string | undefined, { date }: Authorization, now: number): Date {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text ?? '');
  if (!text || !parts) {
    throw new WireError(
      'IncompleteSignatureException',
      "Authorization header requires existence of 'X-Amz-Date'.",
      403,
    );
  }
  const [, year, month, day, hour, minute, second] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(at) || `${year}${month}${day}` !== date) {
    throw invalidSignature('Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP.');
  }
  const ours = new Date(now).toISOString().replace(/[-:]|\.\d+/g, '');
  if (at < now - CLOCK_WINDOW_MS) throw invalidSignature(`Signature expired: ${text} is too far before ${ours}.`);
  if (at > now + CLOCK_WINDOW_MS)
    throw invalidSignature(`Signature not yet current: ${text} is too far after ${ours}.`);
  return new Date(at);
}

function checkScope({ region, service }: Authorization, ours: Pick<Authorization, 'region' | 'service'>): void {
  if (region !== ours.region) throw invalidSignature(`Credential should be scoped to a valid region, not '${region}'.`);
  if (service !== ours.service) {
    throw invalidSignature(`Credential should be scoped to correct service: '${ours.service}'.`);
  }
}

/** What decides the meaning of a request must be under the signature: the host and every x-amz- header. */
function checkSignedHeaders({ signedHeaders }: Authorization, headers: ReadonlyMap<string, string>): void {
  const needed = ['host', ...[...headers.keys()].filter((name) => name.startsWith('x-amz-'))];
  for (const name of needed) {
    if (!signedHeaders.has(name)) throw invalidSignature(`'${name.slice(0, 100)}' must be a signed header.`);
  }
  for (const name of signedHeaders) {
    if (!headers.has(name)) throw invalidSignature(`The signed header '${name}' is missing.`);
  }
}

/** Only signed headers take part, and the body's hash is always our own: the header that claims one is compared. */
function canonicalRequest(request: EcsRequest, headers: ReadonlyMap<string, string>, { signedHeaders }: Authorization) {
  const claimed = headers.get('x-amz-content-sha256');
  const actual = createHash('sha256').update(request.body, 'utf8').digest('hex');
  if (claimed !== undefined && claimed !== actual) throw wrongSignature();
  return {
    method: request.method,
    protocol: 'https:',
    hostname: headers.get('host') ?? '',
    path: request.path,
    query: queryOf(request.query ?? ''),
    headers: Object.fromEntries([...headers].filter(([name]) => signedHeaders.has(name))),
    body: request.body,
  };
}

function queryOf(text: string): Record<string, string[]> {
  const parameters = new URLSearchParams(text);
  return Object.fromEntries([...new Set(parameters.keys())].map((name) => [name, parameters.getAll(name)]));
}

const invalidSignature = (message: string): WireError => new WireError('InvalidSignatureException', message, 403);

const wrongSignature = (): WireError =>
  invalidSignature(
    'The request signature we calculated does not match the signature you provided. ' +
      'Check your AWS Secret Access Key and signing method.',
  );
