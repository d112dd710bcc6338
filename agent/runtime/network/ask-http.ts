import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { NetworkAnswer, NetworkQuestion } from '../port.ts';

type HttpQuestion = Extract<NetworkQuestion, { readonly kind: 'httpGet' }>;

/** Servers that treat the kubelet's questions specially know them by this word. */
const USER_AGENT = 'kube-probe/berth';

/**
 * One GET. Any answer from 200 to 399 is a good one; a redirect is such an answer and is not followed, so that a container
 * can not send the machine elsewhere. Certificates are not checked, as the kubelet does not. The body is not read.
 */
export function askHttp(address: string, question: HttpQuestion, signal: AbortSignal): Promise<NetworkAnswer> {
  const request = question.scheme === 'HTTPS' ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    const call = request(
      {
        host: address,
        port: question.port,
        path: question.path.startsWith('/') ? question.path : `/${question.path}`,
        method: 'GET',
        headers: headersOf(question, address),
        rejectUnauthorized: false,
        agent: false,
        signal,
      },
      (answer) => {
        answer.once('error', () => undefined);
        answer.destroy();
        resolve(verdict(answer));
      },
    );
    call.once('error', reject);
    call.end();
  });
}

function headersOf({ headers, host, port }: HttpQuestion, address: string): Record<string, string> {
  const named = Object.fromEntries(headers.map(({ name, value }) => [name.toLowerCase(), value]));
  return {
    'user-agent': USER_AGENT,
    accept: '*/*',
    host: `${host ?? bracketed(address)}:${port}`,
    connection: 'close',
    ...named,
  };
}

const bracketed = (address: string): string => (address.includes(':') ? `[${address}]` : address);

const verdict = ({ statusCode = 0 }: IncomingMessage): NetworkAnswer => ({
  passed: statusCode >= 200 && statusCode < 400,
  detail: `the answer was ${statusCode}`,
});
