import type { TaskView } from '#control/intents.ts';
import { notFound } from '#control/kube/kube-faults.ts';
import { type NamedTarget, objectIdOf } from '#control/kube/object-request.ts';
import { podTaskId } from '#control/kube/pod/pod-task.ts';
import { findObject } from '#control/kube/read-objects.ts';
import { readLogs } from '#control/sessions/read-logs.ts';
import { describeTasks } from '#control/tasks/read-tasks.ts';
import { Fault } from '#core/fault.ts';
import { MIRROR_LABEL, mirrorNamespace } from '#core/kube/mirror/mirror-namespace.ts';
import type { KubeObject } from '#core/kube/object.ts';
import type { LogsOrder } from '#core/model/session.ts';
import { isTrue, type KubeCall, numberParameter } from '../call.ts';
import type { KubeAnswer } from '../kube-request.ts';

/** As long as a watch: the function's own time is not much longer. */
const MAX_FOLLOW_MS = 240_000;
/** An answer begins without its first line when a container that is followed writes none for so long. */
const FIRST_LINE_MS = 3_000;

/** GET of `pods/{name}/log`: what one of its containers wrote, as plain text. Faults: in kubectl's words. */
export async function logVerb(call: KubeCall, target: NamedTarget): Promise<KubeAnswer> {
  const { deps, user, parameters, sleep, request } = call;
  const found = await findObject(deps, objectIdOf(target, target.name));
  if (!found) throw notFound(target.resource, target.name);
  const container = containerOf(found.value, parameters.get('container') ?? '');
  const order = orderOf(call);
  const [view] = await describeTasks(deps, target.cluster, [taskIdOf(call, target, found.value)]);
  if (!view?.task.assignment) throw bad(`pod ${target.name} does not have a host assigned`);
  requireStarted(view, container, target.name, order.previous);
  const pieces = readLogs(
    deps,
    { view, container, order, caller: `kube:${user.uid}` },
    { sleep, ...(request.signal && { signal: request.signal }) },
  );
  const limit = numberParameter(parameters, 'limitBytes');
  // What is wrong is known before the first line, and then it is a Status; a silent container has none to wait for.
  const first = pieces.next();
  await (order.follow ? Promise.race([first, sleep(FIRST_LINE_MS)]) : first);
  return {
    status: 200,
    headers: { 'content-type': 'text/plain' },
    body: textOf(untilLate(call, pieces, first), limit),
  };
}

/** The pods that show tasks of ECS name them; a label that a user's pod has says nothing. */
function taskIdOf({ deps }: KubeCall, { cluster, namespace }: NamedTarget, pod: KubeObject): string {
  const shown = namespace === mirrorNamespace(cluster) ? pod.metadata.labels?.[MIRROR_LABEL] : undefined;
  return shown ?? podTaskId(deps, cluster, pod);
}

const bad = (message: string): Fault => new Fault('InvalidParameter', message);

interface Named {
  readonly name: string;
}

function containerOf(pod: KubeObject, asked: string): string {
  const { containers = [], initContainers = [] } = (pod['spec'] ?? {}) as {
    readonly containers?: readonly Named[];
    readonly initContainers?: readonly Named[];
  };
  const names = containers.map(({ name }) => name);
  const initNames = initContainers.map(({ name }) => name);
  if (asked !== '') {
    if ([...names, ...initNames].includes(asked)) return asked;
    throw bad(`container ${asked.slice(0, 255)} is not valid for pod ${pod.metadata.name}`);
  }
  const [only, ...others] = names;
  if (only !== undefined && others.length === 0) return only;
  const init = initNames.length > 0 ? ` or one of the init containers: [${initNames.join(' ')}]` : '';
  throw bad(
    `a container name must be specified for pod ${pod.metadata.name}, choose one of: [${names.join(' ')}]${init}`,
  );
}

function orderOf({ parameters, deps }: KubeCall): LogsOrder {
  const tail = numberParameter(parameters, 'tailLines');
  const seconds = numberParameter(parameters, 'sinceSeconds');
  const time = parameters.get('sinceTime');
  if (seconds !== undefined && time) throw bad('at most one of `sinceTime` or `sinceSeconds` may be specified');
  const at = time ? Date.parse(time) : undefined;
  if (at !== undefined && Number.isNaN(at)) throw bad('sinceTime: must be a time as RFC 3339 writes it');
  const since = at ?? (seconds === undefined ? undefined : deps.clock.now() - seconds * 1_000);
  return {
    kind: 'logs',
    follow: isTrue(parameters, 'follow'),
    timestamps: isTrue(parameters, 'timestamps'),
    previous: isTrue(parameters, 'previous'),
    ...(tail !== undefined && { tail }),
    ...(since !== undefined && { since }),
  };
}

/** A container that never ran has written nothing, and says why it does not run. */
function requireStarted({ observation }: TaskView, container: string, pod: string, previous: boolean): void {
  const seen = observation?.containers.find(({ name }) => name === container);
  const { startedAt, terminated, last, restartCount = 0, waiting } = seen?.pod ?? {};
  if (previous && last === undefined && restartCount === 0) {
    throw bad(`previous terminated container "${container}" in pod "${pod}" not found`);
  }
  const status = seen?.status ?? observation?.status ?? 'PENDING';
  if (status !== 'PENDING' || (startedAt ?? terminated ?? last) !== undefined) return;
  throw bad(`container "${container}" in pod "${pod}" is waiting to start: ${waiting?.reason ?? 'ContainerCreating'}`);
}

/** Ends with its time, or when the client goes away; whoever follows begins another one. */
async function* untilLate(
  { deps, request }: KubeCall,
  pieces: AsyncGenerator<Uint8Array>,
  first: Promise<IteratorResult<Uint8Array>>,
): AsyncGenerator<Uint8Array> {
  const endsAt = deps.clock.now() + MAX_FOLLOW_MS;
  try {
    for (let next = await first; next.done !== true; next = await pieces.next()) {
      yield next.value;
      if (request.signal?.aborted || deps.clock.now() >= endsAt) return;
    }
  } catch (error) {
    // The head is sent, so that nothing but an end can be told any more.
    if (!(error instanceof Fault)) throw error;
    deps.log.info('logs ended early', { code: error.code, message: error.message });
  } finally {
    await pieces.return(undefined);
  }
}

/** As text, and no more bytes of it than `limit`. A character that lies across two pieces stays whole. */
async function* textOf(pieces: AsyncGenerator<Uint8Array>, limit = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let left = limit;
  for await (const piece of pieces) {
    const taken = piece.subarray(0, Math.min(piece.length, left));
    left -= taken.length;
    if (taken.length > 0) yield decoder.decode(taken, { stream: true });
    if (left <= 0) return;
  }
}
