import { describe, expect, it } from 'vitest';
import { FUZZED_OPERATIONS, runFuzz } from '#test/fuzz/run-fuzz.ts';

/** A share of what `npm run fuzz` sends. `FUZZ_REQUESTS` sends more of them. */
const REQUESTS = Number(process.env['FUZZ_REQUESTS'] ?? 3_000);
/** Agents open no sessions yet, and without a router no deployment ever waits at a hook. */
const NEVER_ACCEPTED = new Set(['ExecuteCommand', 'ContinueServiceDeployment']);
const LIMIT_MS = 60_000;

describe('spoilt requests to every operation', () => {
  it('3,000 of them, are answered without 5xx, and those that are rejected write nothing', {
    timeout: LIMIT_MS * 10,
  }, async () => {
    const { findings, accepted, byStatus } = await runFuzz({ requests: REQUESTS, seed: 7 });
    expect(findings).toEqual([]);
    expect([...byStatus.keys()].filter((status) => status >= 500)).toEqual([]);
    // Otherwise the requests would bounce off the door and prove nothing of what is behind it.
    const never = FUZZED_OPERATIONS.filter((operation) => !accepted.get(operation) && !NEVER_ACCEPTED.has(operation));
    expect(never.length).toBeLessThan(FUZZED_OPERATIONS.length / 10);
  });
});
