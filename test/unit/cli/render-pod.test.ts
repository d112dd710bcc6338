import { describe, expect, it } from 'vitest';
import type { PodExplanation } from '#cli/explanation.ts';
import { renderPod } from '#cli/render-pod.ts';

const explanation = (changes: Partial<PodExplanation>): PodExplanation => ({
  namespace: 'prod',
  name: 'web',
  phase: 'Pending',
  isBeingDeleted: false,
  admission: { kind: 'unmatched', message: 'It waits.' },
  profiles: [],
  waiting: [],
  ...changes,
});

describe('an explained pod, rendered', () => {
  it('that runs, names profile, size and machine, and not what would be decided now', () => {
    const text = renderPod(
      explanation({
        phase: 'Running',
        admitted: { profile: 'fp', capacityProvisioned: '0.25vCPU 0.5GB' },
        task: { taskArn: 'arn:aws:ecs:r:a:task/default/abc', state: 'running', containerInstanceArn: 'x/0123456789' },
      }),
    );
    expect(text.split('\n')).toEqual([
      'pod prod/web is Running',
      'profile fp took it, as 0.25vCPU 0.5GB',
      'task abc runs on instance 01234567',
    ]);
  });

  it('that no profile takes, names what each misses', () => {
    const selector = { namespace: 'x', labels: {} };
    const misses = [{ kind: 'namespace', wanted: 'x', found: 'prod' }] as const;
    const profiles = [{ profile: 'fp', isMatch: false, selectors: [{ selector, misses }] }];
    expect(renderPod(explanation({ profiles, isBeingDeleted: true })).split('\n')).toEqual([
      'pod prod/web is Pending and being deleted',
      'no profile takes it. It waits.',
      '  profile fp, selector 1: wants namespace x, the pod is in prod',
    ]);
  });

  it('whose containers wait, names each with its reason, without control characters', () => {
    const waiting = [
      { container: 'a', reason: 'CrashLoopBackOff', message: 'back-off\u001b[2J' },
      { container: 'b', reason: 'PodInitializing', message: '' },
    ];
    expect(renderPod(explanation({ waiting })).split('\n').slice(2)).toEqual([
      'container a waits: CrashLoopBackOff: back-off [2J',
      'container b waits: PodInitializing',
    ]);
  });
});
