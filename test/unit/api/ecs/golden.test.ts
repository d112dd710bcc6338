import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import { UNSERVED_OPERATIONS } from '#api/ecs/unserved-operations.ts';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { addInstance, reportRunning } from '#test/support/ecs-instance.ts';
import { openEcs } from '#test/support/ecs-request.ts';
import { recordingSockets } from '#test/support/recording-sockets.ts';

interface Exchange {
  readonly operation: string;
  readonly request: unknown;
  /** Services of the cluster `default` that their worker looks at before the request is sent. */
  readonly reconcile?: readonly string[];
  /** True: the machines report every task they hold RUNNING before the request is sent. */
  readonly report?: true;
  /** Left out when it is 200. */
  readonly status?: number;
  readonly response?: unknown;
}

interface Conversation {
  /** Ids of the machines there are from the start. */
  readonly instances?: readonly string[];
  /** Requests that only prepare: their answers belong to other conversations. */
  readonly setup?: readonly Exchange[];
  readonly exchanges: readonly Exchange[];
}

/**
 * Whole conversations, byte for byte of their JSON, on a clock that stands still and with seeded ids.
 * `RECORD_GOLDEN=1` writes the answers anew; read the difference before you commit it.
 */
const FOLDER = path.join(import.meta.dirname, 'golden');
const isRecording = process.env['RECORD_GOLDEN'] === '1';

async function talk({ instances = [], setup = [], exchanges }: Conversation): Promise<readonly Exchange[]> {
  const ecs = openEcs({ sockets: recordingSockets() });
  const { serve, sign } = ecs;
  for (const instance of instances) await addInstance(ecs, instance);
  const send = async ({ operation, request }: Exchange) => serve(await sign(operation, JSON.stringify(request)));
  for (const exchange of setup) expect((await send(exchange)).status).toBe(200);
  const heard: Exchange[] = [];
  for (const exchange of exchanges) {
    const { operation, request, reconcile, report } = exchange;
    for (const service of reconcile ?? []) await reconcileService(ecs.deps, 'default', service);
    if (report) for (const instance of instances) await reportRunning(ecs.deps, instance);
    const { status, body } = await send(exchange);
    const response: unknown = JSON.parse(body);
    heard.push({
      operation,
      request,
      ...(reconcile ? { reconcile } : {}),
      ...(report ? { report } : {}),
      ...(status === 200 ? {} : { status }),
      response,
    });
  }
  return heard;
}

const recordings = (): readonly Exchange[] =>
  readdirSync(FOLDER).flatMap(
    (file) => (JSON.parse(readFileSync(path.join(FOLDER, file), 'utf8')) as Conversation).exchanges,
  );

const COMMANDS = path.join(import.meta.dirname, '../../../../node_modules/@aws-sdk/client-ecs/dist-types/commands');
/** What the protocol, and Berth for what it does not serve, may answer to anything. */
const ANY = ['SerializationException', 'UnsupportedFeatureException'];

/** The SDK names the errors of an operation in the comment of its command only. */
function errorClasses(operation: string): ReadonlySet<string> {
  const comment = readFileSync(path.join(COMMANDS, `${operation}Command.d.ts`), 'utf8');
  return new Set([...ANY, ...[...comment.matchAll(/@throws \{@link (\w+)\}/g)].map(([, name = '']) => name)]);
}

/** A hook can wait only where a router shifts traffic, which the flow tests of shifts have. */
const NEVER_ANSWERED = ['ContinueServiceDeployment'];

describe('golden conversations', () => {
  it.each(readdirSync(FOLDER))('%s, is answered as recorded', async (file) => {
    const where = path.join(FOLDER, file);
    const conversation = JSON.parse(readFileSync(where, 'utf8')) as Conversation;
    const heard = await talk(conversation);
    if (isRecording) writeFileSync(where, `${JSON.stringify({ ...conversation, exchanges: heard }, undefined, 2)}\n`);
    else expect(heard).toEqual(conversation.exchanges);
  });

  it('all of them together, hold an answer and a refusal of every operation that is served', () => {
    const recorded = recordings();
    const served = [...OPERATIONS.keys()];
    const answered = new Set(recorded.filter(({ status = 200 }) => status === 200).map(({ operation }) => operation));
    const refused = new Set(recorded.filter(({ status = 200 }) => status !== 200).map(({ operation }) => operation));
    expect(served.filter((operation) => !answered.has(operation))).toEqual(NEVER_ANSWERED);
    expect(served.filter((operation) => !refused.has(operation))).toEqual([]);
  });

  it('every refusal, is of a class that the model names for its operation, or of one that any can have', () => {
    const wrong = recordings().filter(
      ({ operation, status = 200, response }) =>
        status !== 200 && !errorClasses(operation).has((response as { readonly __type: string }).__type),
    );
    expect(wrong).toEqual([]);
  });

  it.each([...UNSERVED_OPERATIONS])('%s, is refused with the reason', async (operation, reason) => {
    const { serve, sign } = openEcs();
    const { status, headers, body } = await serve(await sign(operation, '{}'));
    expect({ status, type: headers['x-amzn-errortype'] }).toEqual({ status: 400, type: 'UnsupportedFeatureException' });
    expect(JSON.parse(body)).toEqual({
      __type: 'UnsupportedFeatureException',
      message: `Berth does not serve the operation ${operation}: ${reason}`,
    });
  });
});
