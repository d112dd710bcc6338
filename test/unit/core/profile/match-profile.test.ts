import { describe, expect, it } from 'vitest';
import { matchProfile, whyNot } from '#core/profile/match-profile.ts';
import { aPod, aProfile } from '#test/support/a-pod.ts';

const selecting = (name: string, namespace: string, labels: Record<string, string> = {}) =>
  aProfile(name, { selectors: [{ namespace, labels }] });
const takes = (namespace: string, labels: Record<string, string>, pod: ReturnType<typeof aPod>): boolean =>
  matchProfile(pod, [selecting('p', namespace, labels)]) !== undefined;

describe('matchProfile', () => {
  const pod = aPod({}, { namespace: 'prod-1', labels: { app: 'web', 'example.com/tier': 'front' } });

  it.each<[string, Record<string, string>, boolean]>([
    ['prod-1', {}, true],
    ['prod', {}, false],
    ['PROD-1', {}, false],
    ['prod-*', {}, true],
    ['*', {}, true],
    ['prod-?', {}, true],
    ['prod-??', {}, false],
    ['?*', {}, true],
    ['prod-1', { app: 'web' }, true],
    ['prod-1', { app: 'w?b' }, true],
    ['prod-1', { app: 'web', missing: 'x' }, false],
    ['prod-1', { app: 'web', 'example.com/*': 'f*' }, true],
    ['prod-1', { '*': 'front' }, true],
    ['prod-1', { '*': 'nothing' }, false],
    ['other', { app: 'web' }, false],
  ])('of namespace %j and labels %j, is %s', (namespace, labels, expected) => {
    expect(takes(namespace, labels, pod)).toBe(expected);
  });

  it('of several that match, is the first by name, wherever it stands and whichever selector matches', () => {
    const profiles = [
      selecting('b', '*'),
      aProfile('a', {
        selectors: [
          { namespace: 'no', labels: {} },
          { namespace: 'prod-*', labels: {} },
        ],
      }),
      selecting('c', 'prod-1'),
      selecting('A9', 'other'),
    ];
    expect(matchProfile(pod, profiles)?.name).toBe('a');
  });

  it('of characters of different case and digits, goes by their code', () => {
    expect(
      matchProfile(
        pod,
        ['b', 'B', '9', 'a'].map((name) => selecting(name, '*')),
      )?.name,
    ).toBe('9');
  });

  it('of a pod that names a profile, is that one, and only if it matches', () => {
    const profiles = [selecting('a', '*'), selecting('b', 'prod-*'), selecting('c', 'elsewhere')];
    const naming = (name: string) =>
      aPod({}, { namespace: 'prod-1', labels: { 'eks.amazonaws.com/fargate-profile': name } });
    expect(matchProfile(naming('b'), profiles)?.name).toBe('b');
    expect(matchProfile(naming('c'), profiles)).toBeUndefined();
    expect(matchProfile(naming('none'), profiles)).toBeUndefined();
  });

  it('of a pod that asks for EC2, is none', () => {
    const annotations = { 'eks.amazonaws.com/compute-type': 'ec2' };
    expect(matchProfile(aPod({}, { annotations }), [selecting('a', '*')])).toBeUndefined();
  });

  it.each(['CREATING', 'DELETING', 'CREATE_FAILED', 'DELETE_FAILED'] as const)(
    'of a profile that is %s, is the next one',
    (status) => {
      expect(matchProfile(pod, [aProfile('a', { status }), selecting('b', '*')])?.name).toBe('b');
    },
  );
});

describe('whyNot', () => {
  it('names, selector by selector, what is missing and what is there instead', () => {
    const profile = aProfile('p', {
      selectors: [
        { namespace: 'prod-*', labels: { app: 'web' } },
        { namespace: 'default', labels: { app: 'db', tier: 'back' } },
      ],
    });
    expect(whyNot(aPod({}, { labels: { app: 'web' } }), profile)).toEqual({
      profile: 'p',
      isMatch: false,
      selectors: [
        { selector: profile.selectors[0], misses: [{ kind: 'namespace', wanted: 'prod-*', found: 'default' }] },
        {
          selector: profile.selectors[1],
          misses: [
            { kind: 'label', key: 'app', wanted: 'db', found: ['web'] },
            { kind: 'label', key: 'tier', wanted: 'back', found: [] },
          ],
        },
      ],
    });
  });

  it('of a profile that would match, names what keeps it from the pod', () => {
    const pinned = aPod({}, { labels: { 'eks.amazonaws.com/fargate-profile': 'q' } });
    expect(whyNot(pinned, aProfile('p'))).toMatchObject({ isMatch: false, obstacle: { kind: 'pinned', to: 'q' } });
    expect(whyNot(aPod(), aProfile('p', { status: 'DELETING' }))).toMatchObject({
      isMatch: false,
      obstacle: { kind: 'notActive', status: 'DELETING' },
    });
  });
});
