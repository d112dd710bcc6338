import { jsonAnswer } from './gateway.ts';
import { type HttpServer, type HttpServerOptions, type ServeStream, startHttpServer } from './http-server.ts';
import type { Upgrade } from './session-sockets.ts';

export interface LateServer extends HttpServer {
  /** From now on requests are answered by this. */
  serve(serve: ServeStream, upgrade?: Upgrade): void;
}

export interface LateServerOptions extends Omit<HttpServerOptions, 'serve' | 'upgrade'> {
  /** False: whoever asks for a socket is answered as if it had not. */
  readonly hasSockets?: boolean;
}

/** Takes the port first, because agents and keys need its number, and answers 503 until there is something to serve. */
export async function serveLater({ hasSockets, ...options }: LateServerOptions): Promise<LateServer> {
  let current: ServeStream = async () => jsonAnswer(503, { message: 'the stack is starting' });
  let sockets: Upgrade = (_request, socket) => socket.destroy();
  const server = await startHttpServer({
    ...options,
    serve: (request) => current(request),
    ...(hasSockets && { upgrade: (...connection) => sockets(...connection) }),
  });
  return {
    ...server,
    serve: (serve, upgrade) => {
      current = serve;
      if (upgrade) sockets = upgrade;
    },
  };
}
