import { connect } from 'node:net';
import { assertNever } from '#core/assert-never.ts';
import { messageOf, type Timers } from '../../ports.ts';
import type { NetworkAnswer, NetworkQuestion } from '../port.ts';
import { askGrpc } from './ask-grpc.ts';
import { askHttp } from './ask-http.ts';

/**
 * Asks a pod over its network. It is the pod's own address that is asked: a manifest must not make this machine call
 * others, such as the service that hands out its credentials. A host that the question names is told to the server only.
 */
export async function askNetwork(
  address: string,
  question: NetworkQuestion,
  timeoutMs: number,
  timers: Timers,
): Promise<NetworkAnswer> {
  const late = new AbortController();
  const cancel = timers.after(timeoutMs, () => late.abort());
  try {
    return await put(address, question, late.signal);
  } catch (error) {
    return { passed: false, detail: late.signal.aborted ? 'no answer came in time' : messageOf(error) };
  } finally {
    cancel();
  }
}

function put(address: string, question: NetworkQuestion, signal: AbortSignal): Promise<NetworkAnswer> {
  switch (question.kind) {
    case 'httpGet':
      return askHttp(address, question, signal);
    case 'tcpSocket':
      return askTcp(address, question.port, signal);
    case 'grpc':
      return askGrpc(address, question, signal);
    default:
      return assertNever(question);
  }
}

/** Whether somebody takes the connection; nothing is said over it. */
function askTcp(host: string, port: number, signal: AbortSignal): Promise<NetworkAnswer> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, signal });
    socket.once('connect', () => {
      socket.destroy();
      resolve({ passed: true, detail: 'the connection was taken' });
    });
    socket.once('error', reject);
  });
}
