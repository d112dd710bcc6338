import { Sha256 } from '@aws-crypto/sha256-js';
import { SignatureV4 } from '@smithy/signature-v4';
import { CommandError } from './errors.ts';
import type { StackAddress } from './stack-address.ts';
import { isUnreachable } from './stack-client.ts';

const TIMEOUT_MS = 15_000;

/** Calls an operation that the SDK does not know: the same signed JSON over the same address. */
export async function callOwnOperation<T>(address: StackAddress, name: string, input: object): Promise<T> {
  const url = new URL(address.endpoint);
  const body = JSON.stringify(input);
  const signer = new SignatureV4({ credentials: address, region: address.region, service: 'ecs', sha256: Sha256 });
  const { headers } = await signer.sign({
    method: 'POST',
    protocol: url.protocol,
    hostname: url.hostname,
    path: '/',
    headers: { host: url.host, 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': `Berth.${name}` },
    body,
  });
  const answer = await send(address, headers, body);
  if (!answer.ok) throw await refusal(address, answer);
  return (await answer.json()) as T;
}

async function send(address: StackAddress, headers: Record<string, string>, body: string): Promise<Response> {
  try {
    return await fetch(address.endpoint, { method: 'POST', headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (error) {
    // fetch hides the socket's own error one level down.
    const reason = error instanceof Error && error.cause !== undefined ? error.cause : error;
    if (!isUnreachable(reason)) throw error;
    throw new CommandError(`no stack answers at ${address.endpoint}; start it with npm start`, { cause: error });
  }
}

async function refusal(address: StackAddress, answer: Response): Promise<CommandError> {
  const { __type = String(answer.status), message = '' } = (await answer.json()) as Readonly<Record<string, string>>;
  return new CommandError(`${address.endpoint} refused: ${__type}: ${message}`);
}
