import { Agent, createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import type { Rng } from '#test/sim/world/scheduler.ts';

/**
 * What may happen to one request. drop: it never arrives. lose-answer: it takes effect and nobody is told.
 * reset: the same, and the connection breaks. error-before and error-after: 503 without and with effect.
 */
export const PROXY_FAULTS = [
  'delay',
  'drop',
  'lose-answer',
  'reset',
  'error-before',
  'error-after',
  'truncate',
] as const;
export type ProxyFault = (typeof PROXY_FAULTS)[number];
export type FaultRates = Partial<Readonly<Record<ProxyFault, number>>>;
/** Seen from whoever asks: its requests go out, the answers come in. */
export type Direction = 'outbound' | 'inbound';

export type ProxyTarget = { readonly host: string; readonly port: number } | { readonly socketPath: string };
export interface FaultProxyOptions {
  readonly target: ProxyTarget;
  readonly rng: Rng;
  /** Longest delay in ms. */
  readonly maxDelayMs: number;
  /** An engine's socket on the same machine never swallows anything silently: it breaks. */
  readonly isLocal?: boolean;
  /** Changes the text of a registration's answer, which names the address to send heartbeats to. */
  readonly readdress?: (text: string) => string;
  /** Called for each request that something happened to. */
  readonly onFault: (fault: ProxyFault) => void;
}

const GATE_MS = 20;
const PULSE = 60;

/** One request that was not meant to wait: when it came, and after how many ms its answer began. */
export interface Beat {
  readonly at: number;
  readonly tookMs: number | undefined;
}

/** Stands between two parts and lets each request through, or not, or late, or only in part. */
export class FaultProxy {
  readonly #options: FaultProxyOptions;
  readonly #server: Server;
  readonly #agent = new Agent({ keepAlive: true });
  readonly #sockets = new Set<Duplex>();
  /** Chance of each fault per request; none by default. */
  rates: FaultRates = {};
  /** Directions in which nothing passes for now. What waits is delivered when they open again, as TCP does. */
  readonly blocked = new Set<Direction>();
  /** The newest requests but long polls, oldest first. */
  readonly pulse: Beat[] = [];
  /** Nobody listens: each connection is closed at once. */
  isDown = false;

  constructor(options: FaultProxyOptions) {
    this.#options = options;
    this.#server = createServer({ keepAliveTimeout: 65_000 }, (asked, answer) => {
      this.#serve(asked, answer).catch(() => answer.destroy());
    });
    this.#server.on('connection', (socket: Duplex) => {
      if (this.isDown) return socket.destroy();
      this.#sockets.add(socket);
      return socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Listens on exactly this address, or on this socket file; answers the port. */
  listen(address: { readonly host: string } | { readonly path: string }): Promise<number> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen('path' in address ? address : { ...address, port: 0 }, () => {
        const bound = this.#server.address();
        resolve(typeof bound === 'object' && bound !== null ? bound.port : 0);
      });
    });
  }

  /** Every connection breaks and none is taken any more, until `isDown` is false again. */
  takeDown(): void {
    this.isDown = true;
    for (const socket of this.#sockets) socket.destroy();
  }

  close(): void {
    this.takeDown();
    this.#server.close();
    this.#agent.destroy();
  }

  async #serve(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await bytesOf(asked);
    if (asked.method === 'POST') this.#feelPulse(answer);
    const fault = this.#draw();
    if (fault === 'drop') return this.#options.isLocal ? void answer.destroy() : undefined;
    if (fault === 'error-before') return refuse(answer);
    if (fault === 'delay') await pause(this.#options.rng.between(20, this.#options.maxDelayMs));
    await this.#open('outbound', answer);
    // Whoever gave up waiting tries again: an old copy that arrives after the new one is the simulator's business.
    if (!answer.destroyed) await this.#forward(asked, body, answer, fault);
  }

  #forward(asked: IncomingMessage, body: Buffer, answer: ServerResponse, fault: ProxyFault | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const { method, url, rawHeaders } = asked;
      const forwarded = request(
        { ...this.#options.target, method, path: url, headers: rawHeaders, agent: this.#agent },
        (answered) => {
          const isRegistration = url?.endsWith('/register') === true;
          this.#answer(answered, answer, fault, isRegistration).then(resolve, reject);
        },
      );
      forwarded.on('error', (error) => {
        answer.destroy();
        reject(error);
      });
      answer.once('close', () => {
        if (!answer.writableFinished) forwarded.destroy();
        resolve();
      });
      forwarded.end(body);
    });
  }

  async #answer(
    answered: IncomingMessage,
    answer: ServerResponse,
    fault: ProxyFault | undefined,
    isRegistration: boolean,
  ): Promise<void> {
    const { statusCode = 500, rawHeaders } = answered;
    switch (fault) {
      case 'lose-answer':
        await bytesOf(answered);
        return this.#options.isLocal ? void answer.destroy() : undefined;
      case 'reset':
        await bytesOf(answered);
        return reset(answer);
      case 'error-after':
        await bytesOf(answered);
        return refuse(answer);
      case 'truncate': {
        const whole = await bytesOf(answered);
        answer.writeHead(statusCode, { 'content-length': whole.length + 1 });
        answer.write(whole.subarray(0, whole.length / 2), () => answer.destroy());
        return;
      }
      default:
        await this.#open('inbound', answer);
        if (answer.destroyed) return void answered.destroy();
        if (isRegistration && this.#options.readdress) {
          const text = this.#options.readdress((await bytesOf(answered)).toString('utf8'));
          answer.writeHead(statusCode, { 'content-type': 'application/json' });
          return void answer.end(text);
        }
        answer.writeHead(statusCode, rawHeaders);
        answer.flushHeaders();
        answered.pipe(answer);
        return new Promise((resolve) => answered.once('close', resolve));
    }
  }

  /** Resolves once this direction is open, or nobody waits any more. */
  async #open(direction: Direction, answer: ServerResponse): Promise<void> {
    while (this.blocked.has(direction) && !answer.destroyed) await pause(GATE_MS);
  }

  #feelPulse(answer: ServerResponse): void {
    const at = performance.now();
    const place = (tookMs: number | undefined): void => {
      const known = this.pulse.findIndex((beat) => beat.at === at);
      if (known >= 0) this.pulse[known] = { at, tookMs };
      else this.pulse.push({ at, tookMs });
    };
    place(undefined);
    if (this.pulse.length > PULSE) this.pulse.shift();
    answer.once('finish', () => place(performance.now() - at));
  }

  #draw(): ProxyFault | undefined {
    const dice = this.#options.rng.next();
    let sum = 0;
    for (const fault of PROXY_FAULTS) {
      sum += this.rates[fault] ?? 0;
      if (dice >= sum) continue;
      this.#options.onFault(fault);
      return fault;
    }
    return undefined;
  }
}

async function bytesOf(message: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of message as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function refuse(answer: ServerResponse): void {
  answer.writeHead(503, { 'content-type': 'application/json' });
  answer.end('{"message":"Service Unavailable"}');
}

/** A unix socket has no RST; closing it is as sudden. */
function reset(answer: ServerResponse): void {
  const { socket } = answer;
  if (socket instanceof Socket && socket.remoteAddress !== undefined) socket.resetAndDestroy();
  else answer.destroy();
}
