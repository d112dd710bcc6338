import { requireCluster } from '#control/clusters/require-cluster.ts';
import { OUTBOX_START, type OutboxCursor } from '#control/outbox/outbox-cursor.ts';
import { readOutbox } from '#control/outbox/read-outbox.ts';
import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import type { OutboxEvent } from '#core/model/outbox.ts';
import type { Scope } from '#core/model/scope.ts';
import type { ServiceNews } from '#core/service/news.ts';
import { clusterName, serviceName, taskId } from '../identifiers.ts';
import { paged } from '../listing.ts';
import type { Operation } from '../operation.ts';
import type { Shape } from '../schema/shape.ts';
import { eventView } from '../views/event.ts';

interface EventsRequest {
  readonly cluster?: string;
  readonly service?: string;
  readonly task?: string;
  readonly detailType?: string;
  readonly maxResults?: number;
  readonly nextToken?: string;
}

const text = (): Shape => ({ kind: 'string' });
const INPUT: Shape = {
  kind: 'structure',
  name: 'EventsRequest',
  members: new Map([
    ['cluster', text],
    ['service', text],
    ['task', text],
    ['detailType', text],
    ['maxResults', (): Shape => ({ kind: 'number' })],
    ['nextToken', text],
  ]),
  required: new Set(),
};

const MAX_RESULTS = 100;

const DETAIL_TYPES = [
  'ECS Service Action',
  'ECS Deployment State Change',
  'ECS Task State Change',
  'ECS Container Instance State Change',
];

/**
 * `X-Amz-Target: Berth.Events`, and `GET /events`: the events of a cluster that EventBridge would carry, oldest first.
 * Every answer has a token to go on from, also one without events: whoever keeps asking with it follows the outbox. A page
 * ends with the commit that reaches `maxResults`.
 */
export const eventsOperation: Operation = {
  input: INPUT,
  output: { kind: 'document' },
  run: async (call, input) => {
    const request = input as EventsRequest;
    const { scope } = call.deps;
    const filter = filterOf(scope, request);
    const { maxResults = MAX_RESULTS } = request;
    if (maxResults < 1 || maxResults > MAX_RESULTS) {
      throw new Fault('InvalidParameter', `maxResults must be from 1 to ${MAX_RESULTS}, got ${maxResults}.`);
    }
    await requireCluster(call.deps, filter.cluster);
    const { page, nextToken } = await paged(
      call,
      { operation: 'Events', filter },
      { ...request, maxResults },
      async ({ after, limit }) => {
        const cursor = after === undefined ? OUTBOX_START : (JSON.parse(after) as OutboxCursor);
        const read = await readOutbox(call.deps, filter.cluster, cursor, limit);
        return { ...read, next: JSON.stringify(read.cursor) };
      },
    );
    const events = page.events.filter((event) => matches(event, filter));
    return {
      events: events
        .flatMap((event) => eventView(scope, filter.cluster, event) ?? [])
        .filter((view) => filter.detailType === undefined || view['detail-type'] === filter.detailType),
      isWhole: page.isWhole,
      nextToken,
    };
  },
};

interface Filter {
  readonly cluster: string;
  readonly service?: string;
  readonly task?: string;
  readonly detailType?: string;
}

function filterOf(scope: Scope, { cluster: given, service, task, detailType }: EventsRequest): Filter {
  const cluster = clusterName(scope, given);
  if (detailType !== undefined && !DETAIL_TYPES.includes(detailType)) {
    const shown = detailType.slice(0, 100);
    throw new Fault('InvalidParameter', `detailType must be one of ${DETAIL_TYPES.join(', ')}, got '${shown}'.`);
  }
  return {
    cluster,
    ...(service === undefined ? {} : { service: serviceName(scope, cluster, service) }),
    ...(task === undefined ? {} : { task: taskId(scope, cluster, task) }),
    ...(detailType === undefined ? {} : { detailType }),
  };
}

/** An event of a service names its tasks, when it is about some of them. */
function matches(event: OutboxEvent, { service, task }: Filter): boolean {
  switch (event.kind) {
    case 'service':
      return isAsked(service, event.service) && (task === undefined || tasksOf(event.news).includes(task));
    case 'task':
      return isAsked(service, event.service) && isAsked(task, event.task);
    case 'container-instance':
      return service === undefined && task === undefined;
    default:
      return assertNever(event);
  }
}

const isAsked = (asked: string | undefined, is: string | undefined): boolean => asked === undefined || asked === is;

const tasksOf = (news: ServiceNews): readonly string[] => ('tasks' in news ? news.tasks : []);
