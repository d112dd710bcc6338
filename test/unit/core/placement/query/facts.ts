import { evaluateQuery } from '#core/placement/query/evaluate-query.ts';
import { parseQuery } from '#core/placement/query/parse-query.ts';
import type { InstanceFacts } from '#core/placement/query/query.ts';

export const facts = (changes: Partial<InstanceFacts> = {}): InstanceFacts => ({
  agentConnected: true,
  agentVersion: '1.14.5',
  attributes: {},
  ec2InstanceId: 'i-abcd1234',
  registeredAt: Date.UTC(2018, 1, 12, 8),
  runningTasksCount: 1,
  groups: new Set(),
  ...changes,
});

export const selects = (expression: string, changes: Partial<InstanceFacts> = {}): boolean =>
  evaluateQuery(parseQuery(expression), facts(changes));
