import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { Sha256 } from '@aws-crypto/sha256-js';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { SignatureV4 } from '@smithy/signature-v4';
import { beforeAll, describe, expect, it } from 'vitest';
import { createService, instancesThere, registerMain, untilStable } from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const BIN = path.join(import.meta.dirname, '..', '..', 'cli', 'bin.mjs');
const exec = promisify(execFile);

interface Event {
  readonly id: string;
  readonly 'detail-type': string;
  readonly detail: Readonly<Record<string, unknown>>;
}

describe('what happened, told by the stack', () => {
  let stack: RunningStack;

  const berth = async (...args: readonly string[]): Promise<string> =>
    (await exec(process.execPath, [BIN, ...args, '--data-dir', stack.dataDir], { timeout: 30_000 })).stdout;
  const events = async (...args: readonly string[]): Promise<readonly Event[]> =>
    (await berth('events', '--json', ...args))
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Event);

  /** A GET signed as any SigV4 client would. */
  const get = async (query: Record<string, string>, tamper = (headers: Record<string, string>) => headers) => {
    const url = new URL(`${stack.endpoint}/events?${new URLSearchParams(query)}`);
    const signer = new SignatureV4({
      credentials: stack.credentials,
      region: 'us-east-1',
      service: 'ecs',
      sha256: Sha256,
    });
    const { headers } = await signer.sign({
      method: 'GET',
      protocol: 'http:',
      hostname: url.hostname,
      path: '/events',
      query,
      headers: { host: url.host },
    });
    const answer = await fetch(url, { headers: tamper(headers) });
    return { status: answer.status, body: (await answer.json()) as { events: readonly Event[]; nextToken: string } };
  };

  beforeAll(async () => {
    stack = await startStack();
    await instancesThere(stack.ecs, 1);
    await registerMain(stack.ecs, 'web');
    await createService(stack.ecs, 'web', 1);
    await untilStable(stack.ecs, 'web');
    await waitUntil(
      'the deployment is told to be complete',
      () => events('--service', 'web'),
      (told) => told.some(({ detail }) => detail['eventName'] === 'SERVICE_STEADY_STATE'),
      { withinMs: 30_000 },
    );
  });

  it('berth events, shows a service from its deployment to its steady state, with the states of its task', async () => {
    const told = await events('--service', 'web');
    const names = told.flatMap(({ detail }) => detail['eventName'] ?? []);
    expect(names).toEqual(['SERVICE_DEPLOYMENT_IN_PROGRESS', 'SERVICE_DEPLOYMENT_COMPLETED', 'SERVICE_STEADY_STATE']);
    const states = told.flatMap(({ detail }) => detail['lastStatus'] ?? []);
    expect(states).toEqual(['PROVISIONING', 'PENDING', 'RUNNING']);
    expect(new Set(told.map(({ id }) => id)).size).toBe(told.length);
    expect(await berth('events', '--service', 'web')).toMatch(/service\/default\/web {2}SERVICE_STEADY_STATE$/m);
  });

  it('GET /events, signed, filters and goes on from its token; unsigned, it tells nothing', async () => {
    const first = await get({ detailType: 'ECS Deployment State Change', service: 'web' });
    expect(first.status).toBe(200);
    expect(first.body.events.map(({ detail }) => detail['eventName'])).toEqual([
      'SERVICE_DEPLOYMENT_IN_PROGRESS',
      'SERVICE_DEPLOYMENT_COMPLETED',
    ]);
    const { nextToken } = first.body;
    const next = await get({ detailType: 'ECS Deployment State Change', nextToken, service: 'web' });
    expect(next.body.events).toEqual([]);
    expect((await get({ nextToken, service: 'other' })).status).toBe(400);
    expect((await get({ maxResults: 'many' })).status).toBe(400);
    expect((await get({ detailType: 'Others' })).status).toBe(400);
    expect((await get({}, () => ({}))).status).toBe(403);
  });

  it('berth history, tells what started the task and what stopped it', async () => {
    await stack.ecs.send(new UpdateServiceCommand({ service: 'web', desiredCount: 0 }));
    const { value: rows } = await waitUntil(
      'the stop is told',
      async () => JSON.parse(await berth('history', 'service', 'web', '--json')) as { entries: readonly Entry[] },
      ({ entries }) => entries.some(({ kind }) => kind === 'task-stopped'),
      { withinMs: 30_000 },
    );
    expect(rows.entries.map(({ kind, cause }) => `${kind} ${cause}`)).toEqual([
      'deployment-started creation',
      'task-started deployment',
      'deployment-ended deployment',
      'task-stopped scale-in',
    ]);
    expect(await berth('history', 'service', 'web')).toContain('the service was asked for fewer tasks');
    const task = rows.entries.find(({ taskArn }) => taskArn !== undefined)?.taskArn ?? '';
    expect(await berth('history', 'task', task)).toMatch(/task stopped .* scale-in/);
  });
});

interface Entry {
  readonly kind: string;
  readonly cause: string;
  readonly taskArn?: string;
}
