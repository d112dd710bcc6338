import { type ClientRequest, Agent as HttpAgent, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type Docker from 'dockerode';

/** As Node's own agent: an engine is asked often, and an idle connection to it is not worth much. */
const SETTINGS = { keepAlive: true, scheduling: 'lifo', timeout: 5_000 } as const;

/**
 * The client library waits for the end of an answer and never hears that it broke off, as when the engine restarts
 * while it speaks: such a call would hang until its timeout, minutes later. From now on it fails at once.
 */
export function hearBrokenAnswers(docker: Docker): void {
  const modem = docker.modem as unknown as Modem;
  if (modem.protocol === 'http') modem.agent = failing(new HttpAgent(SETTINGS));
  if (modem.protocol === 'https') modem.agent = failing(new HttpsAgent(SETTINGS));
}

/** Members of the library's connection that its types leave out. */
interface Modem {
  readonly protocol: string;
  agent: HttpAgent;
}

interface RequestTaker {
  addRequest(request: ClientRequest, ...rest: readonly unknown[]): void;
}

function failing<Agent extends HttpAgent>(agent: Agent): Agent {
  const { addRequest } = agent as unknown as RequestTaker;
  const taker: RequestTaker = {
    addRequest: (request, ...rest) => {
      request.once('response', (answer: IncomingMessage) => {
        answer.once('error', (error) => request.emit('error', error));
      });
      addRequest.call(agent, request, ...rest);
    },
  };
  return Object.assign(agent, taker);
}
