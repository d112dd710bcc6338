import { describe, expect, it } from 'vitest';
import type { PodContainerObservation } from '#core/model/pod.ts';
import { isPodNews } from '#core/task/pod-news.ts';

const waiting = (reason: string): PodContainerObservation => ({
  ready: false,
  started: false,
  restartCount: 0,
  waiting: { reason },
});
const up: PodContainerObservation = { ready: true, started: true, restartCount: 0, startedAt: 5 };
const ended = { exitCode: 1, reason: 'Error', finishedAt: 7 };

describe('news of a container of a pod', () => {
  it.each([
    ['that is being made, as everybody expects', undefined, waiting('ContainerCreating')],
    ['that waits for those before it, as everybody expects', waiting('ContainerCreating'), waiting('PodInitializing')],
    ['that is as it was', up, up],
    ['of no pod', undefined, undefined],
    ['whose image still can not be pulled', waiting('ImagePullBackOff'), waiting('ImagePullBackOff')],
  ])('%s, are none', (_situation, before, after) => {
    expect(isPodNews(before, after)).toBe(false);
  });

  it.each([
    ['whose image can not be pulled', undefined, waiting('ErrImagePull')],
    ['that is up', waiting('ContainerCreating'), up],
    ['that is not ready any more', up, { ...up, ready: false }],
    ['that started again', up, { ...up, restartCount: 1 }],
    ['that is over', up, { ...up, terminated: ended }],
    ['whose run before ended otherwise', { ...up, last: ended }, { ...up, last: { ...ended, finishedAt: 9 } }],
    ['that waits for nothing special any more', waiting('CrashLoopBackOff'), waiting('ContainerCreating')],
  ])('%s, are some', (_situation, before, after) => {
    expect(isPodNews(before, after)).toBe(true);
  });
});
