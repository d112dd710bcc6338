import { Readable } from 'node:stream';
import { Sha256 } from '@aws-crypto/sha256-js';
import { ECSClient } from '@aws-sdk/client-ecs';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Serve } from '#local/http-server.ts';
import type { Meter } from './meter.ts';
import type { VirtualTime } from './virtual-time.ts';

/** The key pair everybody uses in the ledger's world. */
export const SECRET = 'ledger';
const CREDENTIALS = { accessKeyId: 'AKIALEDGER', secretAccessKey: SECRET };
const REGION = 'us-east-1';

/** The parts of the SDK's own request that are needed here. */
interface SdkRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);

/** An ordinary SDK client whose signatures are dated in virtual time and whose requests need no network. */
export function ledgerClient(gateway: Serve, meter: Meter, time: VirtualTime): ECSClient {
  const signer = new SignatureV4({ credentials: CREDENTIALS, region: REGION, service: 'ecs', sha256: Sha256 });
  return new ECSClient({
    region: REGION,
    endpoint: 'https://ecs.invalid',
    credentials: CREDENTIALS,
    maxAttempts: 1,
    signer: {
      sign: (request, options) => signer.sign(request, { ...options, signingDate: new Date(time.clock.now()) }),
    },
    requestHandler: {
      handle: ({ method, path, headers, body = '' }: SdkRequest) => {
        const operation = headers['x-amz-target']?.split('.')[1] ?? '';
        const call = async () => {
          meter.add('apiRequests', 1);
          const { signal } = new AbortController();
          const answer = await gateway({ method, url: path, headers, body: Buffer.from(textOf(body)), signal });
          const { status: statusCode, headers: answered } = answer;
          return {
            response: { statusCode, headers: { ...answered }, body: Readable.from([Buffer.from(answer.body)]) },
          };
        };
        return meter.as(`request ${operation}`, () => time.busy(call));
      },
    },
  });
}
