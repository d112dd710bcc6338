import { describe, expect, it } from 'vitest';
import type { MatchAnswer } from '#cli/profile-verdict.ts';
import { renderMatches } from '#cli/render-profiles.ts';

const workload = (changes: object): MatchAnswer['workloads'][number] => ({
  kind: 'Deployment',
  namespace: 'prod',
  name: 'web',
  isServed: true,
  admission: { kind: 'admitted', profile: 'fp', capacityProvisioned: '0.25vCPU 0.5GB' },
  profiles: [],
  ...changes,
});
const rendered = (workloads: MatchAnswer['workloads'], others: MatchAnswer['others'] = []): readonly string[] =>
  renderMatches({ cluster: 'default', workloads, others }).split('\n');

describe('matches of profiles, rendered', () => {
  it('of a pod that is taken, name the profile and the size', () => {
    expect(rendered([workload({})], [{ kind: 'Service', name: 's' }])).toEqual([
      'Deployment prod/web: profile fp takes it, as 0.25vCPU 0.5GB',
      '1 object makes no pods',
    ]);
  });

  it('of a pod that no profile takes, say of each profile and selector what is missing', () => {
    const labels = { app: 'web', tier: 'front' };
    const profiles = [
      { profile: 'gone', isMatch: false, obstacle: { kind: 'notActive', status: 'DELETING' }, selectors: [] },
      { profile: 'other', isMatch: false, obstacle: { kind: 'pinned', to: 'fp' }, selectors: [] },
      {
        profile: 'test',
        isMatch: false,
        selectors: [
          {
            selector: { namespace: 'test-*', labels },
            misses: [
              { kind: 'namespace', wanted: 'test-*', found: 'prod' },
              { kind: 'label', key: 'app', wanted: 'web', found: ['db'] },
              { kind: 'label', key: 'tier', wanted: 'front', found: [] },
            ],
          },
        ],
      },
    ];
    expect(rendered([workload({ admission: { kind: 'unmatched', message: 'It waits.' }, profiles })])).toEqual([
      'Deployment prod/web: no profile takes it. It waits.',
      '  profile gone: is DELETING',
      "  profile other: the pod's label names profile fp",
      '  profile test, selector 1: wants namespace test-*, the pod is in prod; wants label app=web, the pod has db; wants label tier=front, the pod has none',
    ]);
  });

  it('of a pod that cannot run and of a kind Berth does not serve, say so, without control characters', () => {
    const admission = {
      kind: 'refused',
      profile: 'fp',
      reason: 'R',
      message: 'Pod not supported on Fargate: \u001b[2Jx',
    };
    expect(rendered([workload({ kind: 'StatefulSet', isServed: false, admission })])).toEqual([
      'StatefulSet prod/web: profile fp takes it, and it cannot run: Pod not supported on Fargate:  [2Jx',
      "  note: Berth's Kubernetes API has no StatefulSet of this version",
    ]);
  });

  it('of manifests without pods, say that', () => {
    expect(rendered([], [{ kind: 'Service', name: 's' }])).toEqual([
      'nothing here makes pods in cluster default',
      '1 object makes no pods',
    ]);
  });
});
