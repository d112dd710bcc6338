import type { EcsHarness } from './ecs-request.ts';

export interface Heard {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** One request as JSON, one answer as JSON: for tests that walk over operations by name. */
export async function ask({ serve, sign }: EcsHarness, operation: string, request: object): Promise<Heard> {
  const { status, body } = await serve(await sign(operation, JSON.stringify(request)));
  return { status, body: JSON.parse(body) as Heard['body'] };
}

/** The answer of a request that must succeed. */
export async function told(ecs: EcsHarness, operation: string, request: object): Promise<Heard['body']> {
  const { status, body } = await ask(ecs, operation, request);
  if (status !== 200) throw new Error(`${operation} answered ${status}: ${JSON.stringify(body)}`);
  return body;
}
