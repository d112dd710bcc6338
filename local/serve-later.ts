import { jsonAnswer } from './gateway.ts';
import { type HttpServer, type HttpServerOptions, type ServeStream, startHttpServer } from './http-server.ts';

export interface LateServer extends HttpServer {
  /** From now on requests are answered by this. */
  serve(serve: ServeStream): void;
}

/** Takes the port first, because agents and keys need its number, and answers 503 until there is something to serve. */
export async function serveLater(options: Omit<HttpServerOptions, 'serve'>): Promise<LateServer> {
  let current: ServeStream = async () => jsonAnswer(503, { message: 'the stack is starting' });
  const server = await startHttpServer({ ...options, serve: (request) => current(request) });
  return {
    ...server,
    serve: (serve) => {
      current = serve;
    },
  };
}
