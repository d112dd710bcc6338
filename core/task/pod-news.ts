import type { ContainerTermination, PodContainerObservation } from '../model/pod.ts';

/** What everybody takes for granted of a container nobody has heard of, so that saying it costs no write. */
const EXPECTED: readonly string[] = ['PodInitializing', 'ContainerCreating'];

const UNHEARD_OF: PodContainerObservation = { ready: false, started: false, restartCount: 0 };

/** Whether what is seen of a pod's container now says more, or other things, than what was said before. */
export function isPodNews(
  before: PodContainerObservation | undefined,
  after: PodContainerObservation | undefined,
): boolean {
  if (!after) return false;
  const was = before ?? UNHEARD_OF;
  return (
    was.ready !== after.ready ||
    was.started !== after.started ||
    was.restartCount !== after.restartCount ||
    waitsFor(was) !== waitsFor(after) ||
    isOther(was.terminated, after.terminated) ||
    isOther(was.last, after.last)
  );
}

const waitsFor = ({ waiting }: PodContainerObservation): string | undefined =>
  waiting && !EXPECTED.includes(waiting.reason) ? waiting.reason : undefined;

const isOther = (before: ContainerTermination | undefined, after: ContainerTermination | undefined): boolean =>
  before?.finishedAt !== after?.finishedAt || before?.exitCode !== after?.exitCode || before?.reason !== after?.reason;
