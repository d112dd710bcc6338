import { readFileSync } from 'node:fs';
import type { Context } from 'aws-lambda';
import { describe, expect, it } from 'vitest';
import { knownAccessKeys } from '#adapters/access-key-file.ts';
import { systemClock } from '#adapters/clock.ts';
import { systemIds } from '#adapters/ids.ts';
import { createNoCapacity } from '#adapters/no-capacity.ts';
import { openSqliteStore } from '#adapters/sqlite/state-store.ts';
import { createFleetCache } from '#control/placement/fleet-cache.ts';
import type { Log, WorkMessage } from '#control/ports.ts';
import { timingsAt } from '#core/timings.ts';
import type { FunctionDependencies } from '#functions/lib/function-dependencies.ts';
import { createHandler as onStateChange } from '#functions/on-state-change.ts';
import { createHandler as serviceWorker } from '#functions/service-worker.ts';
import { createHandler as sweeper } from '#functions/sweeper.ts';

const log: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const sample = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../../events/samples/${name}.json`, import.meta.url), 'utf8'));
// The members of Lambda's context that middy and the request log read.
const context = { awsRequestId: 'r', functionName: 'f', getRemainingTimeInMillis: () => 30_000 } as Context;

const wired = (): FunctionDependencies & { readonly sent: WorkMessage[] } => {
  const sent: WorkMessage[] = [];
  return {
    sent,
    scope: { accountId: '000000000000', region: 'us-east-1' },
    store: openSqliteStore({ path: ':memory:', clock: systemClock }),
    queue: { send: async (messages) => void sent.push(...messages) },
    channel: { open: async () => {}, ring: async () => {}, close: async () => {} },
    channelAddress: (instanceId) => instanceId,
    capacity: createNoCapacity(),
    accessKeys: knownAccessKeys([], 'page-token-key'),
    fleet: createFleetCache({ maxAgeMs: 0 }),
    clock: systemClock,
    ids: systemIds,
    log,
    timings: timingsAt(),
  };
};

describe('functions on recorded events', () => {
  it('a stream event, becomes work without failures', async () => {
    const deps = wired();
    expect(await onStateChange(deps)(sample('dynamodb-stream'), context)).toEqual({ batchItemFailures: [] });
    expect(deps.sent.length).toBeGreaterThan(0);
  });

  it('a queue event for a service that is gone, is done', async () => {
    const event = sample('sqs');
    const work = JSON.stringify({ kind: 'service', cluster: 'default', service: 'gone' });
    const records = event.Records.map((record: object) => ({ ...record, body: work }));
    expect(await serviceWorker(wired())({ Records: records }, context)).toEqual({ batchItemFailures: [] });
  });

  it('a schedule event over an empty table, asks for nothing', async () => {
    const deps = wired();
    await sweeper(deps)(sample('schedule'), context);
    expect(deps.sent).toEqual([]);
  });
});
