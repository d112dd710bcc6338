import { describe, expect, it } from 'vitest';
import { resourceName } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { runKubeFuzz } from '#test/fuzz/kube/run-kube-fuzz.ts';

/** A share of what `npm run fuzz:kube` sends. `FUZZ_REQUESTS` sends more of them. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 1_000);
const LIMIT_MS = 600_000;

describe('spoilt requests to the Kubernetes face', () => {
  it('1,000 of them, are answered without 5xx, and those that are rejected write nothing', {
    timeout: LIMIT_MS,
  }, async () => {
    const { findings, accepted, byStatus } = await runKubeFuzz({ requests: REQUESTS, seed: 7 });
    expect(findings).toEqual([]);
    expect([...byStatus.keys()].filter((status) => status >= 500)).toEqual([]);
    // Otherwise the requests would bounce off the door and prove nothing of what is behind it.
    const taken = [...byStatus].filter(([status]) => status < 300).reduce((sum, [, times]) => sum + times, 0);
    expect(taken).toBeGreaterThan(REQUESTS / 10);
    const written = RESOURCES.filter(({ verbs }) => verbs.includes('update')).map(resourceName);
    const never = written.filter((name) => !accepted.get(name) && !accepted.get(`${name}.`));
    expect(never.length).toBeLessThan(written.length / 4);
  });
});
