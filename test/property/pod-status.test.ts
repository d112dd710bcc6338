import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '#core/json.ts';
import { fillPod } from '#core/kube/pod/fill/fill-pod.ts';
import { foldStatus } from '#core/kube/pod/status/fold-status.ts';
import type { PodContainerObservation } from '#core/model/pod.ts';
import type { TaskObservation } from '#core/model/task.ts';
import { aPod } from '#test/support/a-pod.ts';
import { aTask } from '#test/support/a-task.ts';

const ORDER = ['Pending', 'Running', 'Over'];
const rank = (phase: unknown): number =>
  ORDER.indexOf(phase === 'Succeeded' || phase === 'Failed' ? 'Over' : String(phase));

const termination = fc.record({
  exitCode: fc.constantFrom(0, 1, 137),
  reason: fc.constant('Error'),
  finishedAt: fc.constant(5),
});
const container: fc.Arbitrary<PodContainerObservation> = fc.record(
  {
    ready: fc.boolean(),
    started: fc.boolean(),
    restartCount: fc.nat(3),
    startedAt: fc.constant(1),
    waiting: fc.record({ reason: fc.constantFrom('ContainerCreating', 'CrashLoopBackOff', 'ErrImagePull') }),
    terminated: termination,
    last: termination,
  },
  { requiredKeys: ['ready', 'started', 'restartCount'] },
);
const observation: fc.Arbitrary<TaskObservation | undefined> = fc.option(
  fc.record({
    taskId: fc.constant('t'),
    epoch: fc.constant(1),
    status: fc.constantFrom('PENDING' as const, 'RUNNING' as const, 'STOPPED' as const),
    updates: fc.constant(1),
    containers: fc.subarray(['first', 'web', 'log']).chain((names) =>
      fc.tuple(
        ...names.map((name) =>
          container.map((pod) => ({
            name,
            status: pod.startedAt ? ('RUNNING' as const) : ('PENDING' as const),
            pod,
          })),
        ),
      ),
    ),
  }),
  { nil: undefined },
);

const POD = aPod({
  initContainers: [{ name: 'first', image: 'a' }],
  containers: ['web', 'log'].map((name) => ({ name, image: 'nginx' })),
});

describe('status of a pod, whatever is observed in whatever order', () => {
  it('its phase never moves back, and the time of a condition moves only when its status does', () => {
    fc.assert(
      fc.property(fc.array(observation, { maxLength: 12, size: 'max' }), (seen) => {
        let pod = fillPod(POD);
        seen.forEach((one, step) => {
          const before = pod['status'] as JsonObject;
          const facts = {
            task: { ...aTask({}), assignment: { instanceId: 'm', at: 0 } },
            observation: one,
            now: (step + 1) * 1_000,
          };
          const after = foldStatus(pod, facts);
          expect(rank(after['phase'])).toBeGreaterThanOrEqual(rank(before['phase']));
          if (rank(before['phase']) === 2) expect(after).toEqual(before);
          const old = new Map(
            ((before['conditions'] ?? []) as JsonObject[]).map((condition) => [condition['type'], condition]),
          );
          for (const condition of (after['conditions'] ?? []) as JsonObject[]) {
            const was = old.get(condition['type'] ?? '');
            const hasMoved = was?.['lastTransitionTime'] !== condition['lastTransitionTime'];
            expect(hasMoved).toBe(was?.['status'] !== condition['status']);
          }
          const again = foldStatus({ ...pod, status: after }, { ...facts, now: facts.now + 500 });
          expect(again).toEqual(after);
          pod = { ...pod, status: after };
        });
      }),
      { numRuns: 500 },
    );
  });
});
