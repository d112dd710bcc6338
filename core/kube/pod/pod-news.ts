import type { JsonObject } from '../../json.ts';
import { objectsAt } from '../../profile/pod-containers.ts';
import type { EventNews } from '../event/recorded-event.ts';
import { type KubeObject, objectAt } from '../object.ts';
import { isTrue } from './status/conditions.ts';

const SCHEDULER = 'fargate-scheduler';
const KUBELET = 'kubelet';

/** What is to be told of a pod whose status changed, in the words people look for in `kubectl describe`. */
export function podNews(pod: KubeObject, before: JsonObject, after: JsonObject, node: string): readonly EventNews[] {
  return [
    ...schedulingNews(pod, before, after, node),
    ...['initContainerStatuses', 'containerStatuses'].flatMap((list) =>
      objectsAt(after[list]).flatMap((status) => {
        const old = objectsAt(before[list]).find(({ name }) => name === status['name']);
        return containerNews(pod, old ?? {}, status);
      }),
    ),
    ...(after['reason'] !== before['reason'] && after['phase'] === 'Failed'
      ? [warning(String(after['reason']), String(after['message'] ?? 'The pod failed.'), KUBELET)]
      : []),
  ];
}

const warning = (reason: string, message: string, component: string, fieldPath?: string): EventNews => ({
  type: 'Warning',
  reason,
  message,
  component,
  ...(fieldPath === undefined ? {} : { fieldPath }),
});

function schedulingNews(
  { metadata }: KubeObject,
  before: JsonObject,
  after: JsonObject,
  node: string,
): readonly EventNews[] {
  if (isTrue(after['conditions'], 'PodScheduled')) {
    if (isTrue(before['conditions'], 'PodScheduled')) return [];
    const message = `Successfully assigned ${metadata.namespace ?? ''}/${metadata.name} to ${node}`;
    return [{ type: 'Normal', reason: 'Scheduled', message, component: SCHEDULER }];
  }
  const [said, told] = [unscheduled(before), unscheduled(after)];
  return told === undefined || told === said ? [] : [warning('FailedScheduling', told, SCHEDULER)];
}

const unscheduled = ({ conditions }: JsonObject): string | undefined => {
  const condition = objectsAt(conditions).find(({ type, status }) => type === 'PodScheduled' && status === 'False');
  return condition && String(condition['message'] ?? '');
};

function containerNews({ metadata }: KubeObject, before: JsonObject, after: JsonObject): readonly EventNews[] {
  const name = String(after['name']);
  const fieldPath = `spec.containers{${name}}`;
  const [old, now] = [objectAt(before['state']), objectAt(after['state'])];
  const news: EventNews[] = [];
  const isAnew = now['running'] && (!old['running'] || before['restartCount'] !== after['restartCount']);
  if (isAnew) {
    const say = (reason: string, message: string): void => {
      news.push({ type: 'Normal', reason, message, component: KUBELET, fieldPath });
    };
    if (after['imageID']) say('Pulled', `Container image "${String(after['image'])}" is on the machine`);
    say('Created', `Created container ${name}`);
    say('Started', `Started container ${name}`);
  }
  const { reason, message } = objectAt(now['waiting']);
  const isNew = reason !== objectAt(old['waiting'])['reason'] || message !== objectAt(old['waiting'])['message'];
  return isNew
    ? [...news, ...waitingNews(metadata.name, name, String(reason), String(message ?? ''), fieldPath)]
    : news;
}

function waitingNews(pod: string, name: string, reason: string, message: string, path: string): readonly EventNews[] {
  switch (reason) {
    case 'CrashLoopBackOff':
      return [warning('BackOff', `Back-off restarting failed container ${name} in pod ${pod}`, KUBELET, path)];
    case 'ImagePullBackOff':
      return [
        {
          type: 'Normal',
          reason: 'BackOff',
          message: `Back-off pulling the image: ${message}`,
          component: KUBELET,
          fieldPath: path,
        },
      ];
    case 'ContainerCreating':
      return message === '' ? [] : [warning('FailedMount', message, KUBELET)];
    case 'ErrImagePull':
    case 'CreateContainerConfigError':
    case 'CreateContainerError':
    case 'RunContainerError':
    case 'InvalidImageName':
      return [warning('Failed', `Error: ${message || reason}`, KUBELET, path)];
    default:
      return [];
  }
}

/** A deleted pod's containers are told to end. */
export const killingNews = (pod: KubeObject): readonly EventNews[] =>
  objectsAt(objectAt(pod['status'] as JsonObject)['containerStatuses'])
    .filter(({ state }) => objectAt(state)['running'] !== undefined)
    .map(({ name }) => ({
      type: 'Normal',
      reason: 'Killing',
      message: `Stopping container ${String(name)}`,
      component: KUBELET,
      fieldPath: `spec.containers{${String(name)}}`,
    }));
