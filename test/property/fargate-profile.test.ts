import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mebibytesOf, milliOf, parseQuantity } from '#core/kube/quantity.ts';
import { admitPod } from '#core/profile/admit-pod.ts';
import { matchesWildcard } from '#core/profile/wildcard.ts';
import { isFargateSize, roundUpToFargateSize } from '#core/task-definition/fargate-sizes.ts';
import { aPod, aProfile } from '#test/support/a-pod.ts';

/** The definition of a wildcard, word by word. */
function naive(pattern: readonly string[], text: readonly string[]): boolean {
  const [first, ...rest] = pattern;
  if (first === undefined) return text.length === 0;
  if (first === '*') return naive(rest, text) || (text.length > 0 && naive(pattern, text.slice(1)));
  return text.length > 0 && (first === '?' || first === text[0]) && naive(rest, text.slice(1));
}

const letters = (...units: string[]) => fc.array(fc.constantFrom(...units), { maxLength: 12 });

describe('matchesWildcard', () => {
  it('of any pattern and text, says what the definition says', () => {
    fc.assert(
      fc.property(letters('a', 'b', '*', '?', '😀'), letters('a', 'b', '😀'), (pattern, text) => {
        expect(matchesWildcard(pattern.join(''), text.join(''))).toBe(naive(pattern, text));
      }),
      { numRuns: 5_000 },
    );
  });

  // One that goes back and forth would take longer than the universe has, not to speak of a test.
  it('of a pattern with many stars, ends at once', () => {
    const pattern = `${'*a'.repeat(150)}*b`;
    for (let run = 0; run < 100; run += 1) expect(matchesWildcard(pattern, 'a'.repeat(300))).toBe(false);
  });
});

const cpus = fc.constantFrom('0', '1m', '100m', '250m', '0.3', '1', '1.5', '2', '3', '7', '20');
const memories = fc.constantFrom('0', '1', '64Mi', '100M', '256Mi', '1Gi', '1.5Gi', '4G', '9Gi', '40Gi', '130Gi');
const containers = fc.array(fc.record({ cpu: cpus, memory: memories, isInit: fc.boolean(), isSidecar: fc.boolean() }), {
  maxLength: 6,
});

const milli = (text: string): number => milliOf(parseQuantity(text) ?? 0n);
const mebibytes = (text: string): number => mebibytesOf(parseQuantity(text) ?? 0n);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

describe('admitPod', () => {
  it('of any requests, gives a size of the table that has room for them, and refuses only what no size has', () => {
    fc.assert(
      fc.property(containers, (drawn) => {
        const specOf = ({ cpu, memory, isSidecar }: (typeof drawn)[number], at: number) => ({
          name: `c${at}`,
          resources: { requests: { cpu, memory } },
          ...(isSidecar && { restartPolicy: 'Always' }),
        });
        const init = drawn.filter(({ isInit }) => isInit);
        const app = drawn.filter(({ isInit }) => !isInit);
        const pod = aPod({ initContainers: init.map(specOf), containers: app.map(specOf) });
        const admission = admitPod(pod, [aProfile('p')]);
        const isLong = ({ isInit, isSidecar }: (typeof drawn)[number]): boolean => !isInit || isSidecar;
        const before = drawn.filter((container) => !isLong(container));
        const needed = (of: (container: (typeof drawn)[number]) => number): number =>
          Math.max(sum(drawn.filter(isLong).map(of)), ...before.map(of), 0);
        // Sums of rounded amounts are at most one unit for each container above the sums of exact ones.
        const [cpu, memory] = [needed(({ cpu: own }) => milli(own)), needed((own) => mebibytes(own.memory))];
        if (admission.kind === 'admitted') {
          const { size } = admission;
          expect(isFargateSize(size.cpu, size.memory)).toBe(true);
          expect((size.cpu * 1_000) / 1_024).toBeGreaterThanOrEqual(cpu);
          expect(size.memory).toBeGreaterThanOrEqual(memory + 256 - drawn.length);
        } else {
          expect(admission).toMatchObject({ reason: 'POD_CPU_MEM_EXCEEDS_MAX_FARGATE_SIZE' });
          expect(cpu > 16_000 || memory + 256 > 120 * 1024).toBe(true);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});

describe('roundUpToFargateSize', () => {
  it('of any need, is the first size of the table, by CPU and then by memory, that has room', () => {
    const sizes = [256, 512, 1024, 2048, 4096, 8192, 16384].flatMap((cpu) =>
      Array.from({ length: 240 }, (_, step) => ({ cpu, memory: (step + 1) * 512 })).filter((size) =>
        isFargateSize(size.cpu, size.memory),
      ),
    );
    fc.assert(
      fc.property(fc.nat(18_000), fc.nat(130_000), (cpu, memory) => {
        const first = sizes.find((size) => size.cpu >= cpu && size.memory >= memory);
        expect(roundUpToFargateSize(cpu, memory)).toEqual(first);
      }),
      { numRuns: 2_000 },
    );
  });
});
