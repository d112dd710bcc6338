import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { HttpBinding } from '#api/eks/operation.ts';
import { BINDINGS, OPERATIONS } from '#api/eks/operations.ts';
import { eksWorld, ROLE } from '#test/support/eks-world.ts';

const SERVED = [...OPERATIONS.values()].map(({ binding }) => binding);
const ARN = 'arn:aws:eks:us-east-1:000000000000:cluster/default';

const bindings = fc.oneof(
  { arbitrary: fc.constantFrom(...SERVED), weight: 4 },
  { arbitrary: fc.constantFrom(...BINDINGS), weight: 1 },
);
const names = fc.oneof(
  { arbitrary: fc.constant('default'), weight: 6 },
  { arbitrary: fc.constantFrom('fp-default', 'x', ARN), weight: 3 },
  { arbitrary: fc.string({ maxLength: 20 }), weight: 1 },
);
const odd = fc.oneof(
  fc.constantFrom<unknown>('', '*', 0, -1, 1e300, null, true, [], {}, 'x'.repeat(5_000)),
  fc.string({ maxLength: 40, unit: 'binary' }),
  fc.jsonValue({ maxDepth: 4 }),
);
const texts = fc.constantFrom('', '{', '[]', 'null', '"x"', `${'['.repeat(5_000)}${']'.repeat(5_000)}`);

/** What each member may well be. */
const GOOD: Readonly<Record<string, unknown>> = {
  name: 'blue',
  roleArn: ROLE,
  resourcesVpcConfig: { subnetIds: ['subnet-1'] },
  fargateProfileName: 'web',
  podExecutionRoleArn: ROLE,
  selectors: [{ namespace: 'a-*', labels: { app: 'w?b' } }],
  tags: { a: 'b' },
  clientRequestToken: 'token',
};

interface Drawn {
  readonly binding: HttpBinding;
  readonly path: readonly string[];
  readonly spoilt: readonly (readonly [string, unknown])[];
  readonly text: string | undefined;
  readonly query: readonly [string, string][];
}

const parameter = fc.tuple(
  fc.constantFrom('maxResults', 'nextToken', 'tagKeys'),
  fc.constantFrom('1', '100', 'a', '-5', ''),
);

const requests: fc.Arbitrary<Drawn> = fc.record({
  binding: bindings,
  path: fc.array(names, { minLength: 4, maxLength: 4 }),
  spoilt: fc.array(fc.tuple(fc.constantFrom(...Object.keys(GOOD), 'nope', '__proto__'), odd), { maxLength: 2 }),
  text: fc.option(texts, { nil: undefined, freq: 9 }),
  query: fc.oneof(
    { arbitrary: fc.constant([]), weight: 3 },
    { arbitrary: parameter.map((one): [string, string][] => [one]), weight: 1 },
  ),
});

function written({ binding, path, spoilt, text, query }: Drawn) {
  const drawn = [...path];
  const filled = binding.path.map((part) =>
    part.startsWith('{') ? encodeURIComponent((drawn.shift() ?? '').toWellFormed()) : part,
  );
  const labels = new Set(binding.path.map((part) => part.slice(1, -1)));
  const good = Object.entries(GOOD).filter(([name]) => binding.input.members.has(name) && !labels.has(name));
  const body = binding.method === 'POST' ? JSON.stringify(Object.fromEntries([...good, ...spoilt])) : '';
  return {
    url: `/${filled.join('/')}${query.length > 0 ? `?${new URLSearchParams(query)}` : ''}`,
    body: text ?? body,
  };
}

it('signed requests of any path, query and body, never answer 5xx', async () => {
  const world = await eksWorld();
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(requests, async (drawn) => {
      const { url, body } = written(drawn);
      const answer = await world.send(drawn.binding.method, url, body);
      seen.set(answer.status, (seen.get(answer.status) ?? 0) + 1);
      expect([answer.status < 500, answer.body]).toEqual([true, answer.body]);
    }),
    { numRuns: 2_000 },
  );
  // Not all of them were stopped at the door.
  expect(seen.get(200) ?? 0).toBeGreaterThan(30);
});
