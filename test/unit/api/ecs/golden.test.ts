import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { addInstance } from '#test/support/ecs-instance.ts';
import { openEcs } from '#test/support/ecs-request.ts';

interface Exchange {
  readonly operation: string;
  readonly request: unknown;
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
  const ecs = openEcs();
  const { serve, sign } = ecs;
  for (const instance of instances) await addInstance(ecs, instance);
  const send = async ({ operation, request }: Exchange) => serve(await sign(operation, JSON.stringify(request)));
  for (const exchange of setup) expect((await send(exchange)).status).toBe(200);
  const heard: Exchange[] = [];
  for (const exchange of exchanges) {
    const { operation, request } = exchange;
    const { status, body } = await send(exchange);
    const response: unknown = JSON.parse(body);
    heard.push({ operation, request, ...(status === 200 ? {} : { status }), response });
  }
  return heard;
}

describe('golden conversations', () => {
  it.each(readdirSync(FOLDER))('%s, is answered as recorded', async (file) => {
    const where = path.join(FOLDER, file);
    const conversation = JSON.parse(readFileSync(where, 'utf8')) as Conversation;
    const heard = await talk(conversation);
    if (isRecording) writeFileSync(where, `${JSON.stringify({ ...conversation, exchanges: heard }, undefined, 2)}\n`);
    else expect(heard).toEqual(conversation.exchanges);
  });
});
