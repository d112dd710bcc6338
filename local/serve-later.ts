import type { Log } from '#control/ports.ts';
import { jsonAnswer } from './gateway.ts';
import { type HttpServer, type Serve, startHttpServer } from './http-server.ts';

export interface LateServer extends HttpServer {
  /** From now on requests are answered by this. */
  serve(serve: Serve): void;
}

/** Takes the port first, because agents and keys need its number, and answers 503 until there is something to serve. */
export async function serveLater({ port, log }: { readonly port: number; readonly log: Log }): Promise<LateServer> {
  let current: Serve = async () => jsonAnswer(503, { message: 'the stack is starting' });
  const server = await startHttpServer({ port, log, serve: (request) => current(request) });
  return {
    ...server,
    serve: (serve) => {
      current = serve;
    },
  };
}
