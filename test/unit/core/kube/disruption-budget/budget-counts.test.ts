import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { budgetCounts, coversPod, disruptionsAllowed } from '#core/kube/disruption-budget/budget-status.ts';
import { disruptionBudgetRules } from '#core/kube/kinds/disruption-budget.ts';
import type { KubeObject } from '#core/kube/object.ts';

const meta = (name: string) => ({
  name,
  namespace: 'default',
  uid: name,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
});
const aBudget = (spec: object, status?: object): KubeObject => ({
  apiVersion: 'policy/v1',
  kind: 'PodDisruptionBudget',
  metadata: meta('budget'),
  spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  ...(status && { status }),
});
const aPod = (name: string, isReady = true, extra: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { ...meta(name), labels: { app: 'web' }, ...extra },
  status: { conditions: [{ type: 'Ready', status: isReady ? 'True' : 'False' }] },
});
const pods = (ready: number, others = 0): readonly KubeObject[] => [
  ...Array.from({ length: ready }, (_, index) => aPod(`r${index}`)),
  ...Array.from({ length: others }, (_, index) => aPod(`n${index}`, false)),
];

describe('the counts of a pod disruption budget', () => {
  it.each([
    [{ minAvailable: 2 }, pods(3), 3, { desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ minAvailable: 2 }, pods(2, 1), 3, { desiredHealthy: 2, disruptionsAllowed: 0 }],
    [{ minAvailable: '50%' }, pods(3), 5, { desiredHealthy: 3, disruptionsAllowed: 0 }],
    [{ maxUnavailable: 1 }, pods(3), 3, { desiredHealthy: 2, disruptionsAllowed: 1 }],
    [{ maxUnavailable: 1 }, pods(2), 3, { desiredHealthy: 2, disruptionsAllowed: 0 }],
    [{ maxUnavailable: '30%' }, pods(10), 10, { desiredHealthy: 7, disruptionsAllowed: 3 }],
    [{ maxUnavailable: '31%' }, pods(10), 10, { desiredHealthy: 6, disruptionsAllowed: 4 }],
    [{ maxUnavailable: 9 }, pods(3), 3, { desiredHealthy: 0, disruptionsAllowed: 3 }],
    [{ maxUnavailable: 1 }, pods(0), 0, { desiredHealthy: 0, disruptionsAllowed: 0 }],
    [{}, pods(2), 2, { desiredHealthy: 1, disruptionsAllowed: 1 }],
  ])('%j over its pods, is what Kubernetes says', (spec, covered, scale, expected) => {
    expect(budgetCounts(aBudget(spec), covered, scale)).toMatchObject(expected);
  });

  it('a pod that is being deleted or was just evicted, is not healthy any more', () => {
    const going = aPod('going', true, { deletionTimestamp: '2026-01-01T00:00:00Z' });
    const budget = aBudget({ minAvailable: 1 }, { disruptedPods: { r0: '2026-01-01T00:00:00Z' } });
    expect(budgetCounts(budget, [...pods(2), going])).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0 });
  });

  it('without a scale, counts as many as the status expects', () => {
    expect(disruptionsAllowed(aBudget({ maxUnavailable: 1 }, { expectedPods: 4 }), pods(3))).toBe(0);
    expect(disruptionsAllowed(aBudget({ maxUnavailable: 1 }, { expectedPods: 4 }), pods(4))).toBe(1);
  });

  it('an empty selector covers the namespace, none at all covers nothing', () => {
    expect(coversPod(aBudget({ selector: {} }), aPod('any'))).toBe(true);
    expect(coversPod(aBudget({ selector: null }), aPod('any'))).toBe(false);
    expect(
      coversPod(aBudget({ selector: { matchExpressions: [{ key: 'app', operator: 'Exists' }] } }), aPod('any')),
    ).toBe(true);
  });

  it('whatever is asked for, evicting as many as allowed leaves as many as desired', () => {
    const amount = fc.oneof(
      fc.nat(12),
      fc.nat(100).map((share) => `${share}%`),
    );
    const spec = fc.oneof(fc.record({ minAvailable: amount }), fc.record({ maxUnavailable: amount }));
    fc.assert(
      fc.property(spec, fc.nat(10), fc.nat(10), (asked, ready, others) => {
        const budget = aBudget(asked);
        const { disruptionsAllowed: allowed, desiredHealthy } = budgetCounts(budget, pods(ready, others));
        const left = budgetCounts(budget, pods(ready - allowed, others + allowed));
        expect(allowed === 0 || left.currentHealthy >= desiredHealthy).toBe(true);
        expect(left.disruptionsAllowed).toBe(0);
      }),
    );
  });
});

describe('rules of a pod disruption budget', () => {
  it.each([
    [{ minAvailable: 1, maxUnavailable: 1 }, 'spec'],
    [{ minAvailable: -1 }, 'spec.minAvailable'],
    [{ maxUnavailable: '101%' }, 'spec.maxUnavailable'],
    [{ maxUnavailable: 1.5 }, 'spec.maxUnavailable'],
    [
      { selector: { matchExpressions: [{ key: 'a', operator: 'Near' }] } },
      'spec.selector.matchExpressions[0].operator',
    ],
    [{ selector: { matchExpressions: [{ key: 'a', operator: 'In' }] } }, 'spec.selector.matchExpressions[0].values'],
    [{ selector: { matchLabels: { 'no key': 'x' } } }, 'spec.selector.matchLabels'],
    [{ unhealthyPodEvictionPolicy: 'Never' }, 'spec.unhealthyPodEvictionPolicy'],
  ])('%j, is wrong at %s', (spec, field) => {
    expect(disruptionBudgetRules.check(aBudget(spec)).map((cause) => cause.field)).toEqual([field]);
  });

  it('a budget as people write it, is right', () => {
    expect(disruptionBudgetRules.check(aBudget({ minAvailable: '50%' }))).toEqual([]);
  });
});
