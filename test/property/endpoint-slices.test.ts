import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#core/kube/object.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import { clusterIpOf, isServiceAddress } from '#core/kube/service/cluster-ip.ts';
import { endpointSlices } from '#core/kube/service/endpoint-slices.ts';

const meta = (name: string, labels: Record<string, string> = {}) => ({
  name,
  namespace: 'default',
  uid: `uid-${name}`,
  resourceVersion: '1',
  creationTimestamp: '2026-01-01T00:00:00Z',
  labels,
});
const service: KubeObject = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata: meta('web'),
  spec: { type: 'ClusterIP', clusterIP: '10.96.1.1', selector: { app: 'web' }, ports: [{ port: 80, targetPort: 80 }] },
};
const aPod = (number: number): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: meta(`web-${number}`, { app: 'web' }),
  spec: { containers: [] },
  status: { podIP: `10.0.${number >> 8}.${number & 255}`, phase: 'Running', conditions: [] },
});
const numbers = fc.uniqueArray(fc.nat(5_000), { minLength: 0, maxLength: 400, size: 'max' });

describe('slices of a service', () => {
  it('of any pods, hold each of them once and never more than clients take', () => {
    fc.assert(
      fc.property(numbers, (some) => {
        const slices = endpointSlices(service, some.map(aPod));
        const names = slices.flatMap(({ endpoints }) => endpoints.map(({ addresses }) => String(addresses)));
        expect(names.toSorted()).toEqual(some.map((number) => String(podAddress(number))).toSorted());
        expect(slices.every(({ endpoints }) => endpoints.length <= 100)).toBe(true);
        expect(new Set(slices.map(({ name }) => name)).size).toBe(slices.length);
      }),
    );
  });

  it('one more pod, rewrites one slice unless their number doubles', () => {
    fc.assert(
      fc.property(numbers, (some) => {
        const [one = 0, ...others] = some;
        const before = endpointSlices(service, others.map(aPod));
        const after = endpointSlices(service, [one, ...others].map(aPod));
        if (before.length !== after.length) return;
        const changed = after.filter((slice) => !before.some((old) => isSameValue(old, slice)));
        expect(changed.length).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('the address of any uid, lies in the range and beyond the reserved ones', () => {
    fc.assert(
      fc.property(fc.uuid(), (uid) => {
        const address = clusterIpOf(uid);
        expect(isServiceAddress(address)).toBe(true);
        expect(address.startsWith('10.96.0.')).toBe(false);
      }),
    );
  });
});

const podAddress = (number: number): unknown => (aPod(number)['status'] as { podIP: string }).podIP;
