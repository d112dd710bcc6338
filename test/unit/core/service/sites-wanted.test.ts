import { describe, expect, it } from 'vitest';
import type { Service, ServiceState, SlotChunk, SlotRecord } from '#core/model/service.ts';
import { sitesWanted } from '#core/service/sites-wanted.ts';
import { aService } from '#test/support/a-service.ts';

const state = (changes: Partial<ServiceState> = {}): ServiceState => ({
  cluster: 'default',
  name: 'web',
  generation: 1,
  deployments: [],
  eventSequence: 0,
  steady: true,
  ...changes,
});

const slot = (index: number, changes: Partial<SlotRecord> = {}): SlotRecord => ({
  index,
  epoch: 1,
  phase: 'running',
  failures: 0,
  ...changes,
});

const asked = (
  slots: readonly SlotRecord[],
  changes: Partial<Service> = {},
  stateChanges: Partial<ServiceState> = {},
) => {
  const service = aService({ desiredCount: 2, availabilityZoneRebalancing: 'ENABLED', ...changes });
  const { cluster, name, deployment } = service;
  const chunk: SlotChunk = { cluster, service: name, deployment: deployment.id, chunk: 0, slots, failedTasks: 0 };
  return sitesWanted({ service, state: state(stateChanges), chunks: [chunk] });
};

const both = [slot(0), slot(1)];

describe('sites wanted, so that most reconciles read no instance', () => {
  it.each<[string, ReturnType<typeof asked>, ReturnType<typeof sitesWanted>]>([
    ['steady and rebalanced', asked(both), 'where-next'],
    ['steady, rebalancing off', asked(both, { availabilityZoneRebalancing: 'DISABLED' }), 'nothing'],
    ['a single task', asked([slot(0)], { desiredCount: 1 }), 'nothing'],
    ['not steady yet', asked(both, {}, { steady: false }), 'nothing'],
    ['planned from an older intent', asked(both, { generation: 2 }), 'nothing'],
    ['a task on its way', asked([slot(0), slot(1, { phase: 'started' })]), 'nothing'],
    ['a move under way', asked(both, {}, { steady: false, rebalance: { kind: 'settling' } }), 'where-next'],
    ['more than desired', asked([...both, slot(2)], {}, { steady: false }), 'where'],
    ['a task that leaves, with none to spare', asked([slot(0), slot(1, { leaving: true })]), 'nothing'],
    [
      'a task that leaves, with one to spare',
      asked([...both, slot(2, { leaving: true })], { desiredCount: 3, minimumHealthyPercent: 50 }),
      'where',
    ],
    ['nothing desired', asked(both, { desiredCount: 0 }), 'nothing'],
    ['a service that drains', asked(both, { status: 'DRAINING' }), 'nothing'],
  ])('%s', (_situation, answer, expected) => {
    expect(answer).toBe(expected);
  });
});
