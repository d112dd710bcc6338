import type { Json } from '#core/json.ts';
import { fargateNode, nodeName } from '#core/kube/node/fargate-node.ts';
import { type KubeObject, objectAt, timestamp } from '#core/kube/object.ts';
import { isSameValue } from '#core/kube/same-value.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import type { Dependencies } from '../../dependencies.ts';
import { read, registrations, reservations, type Versioned } from '../../records.ts';
import type { Commit } from '../commit-objects.ts';
import { findObject } from '../read-objects.ts';
import type { ObjectId } from '../records.ts';

/** Label of a node that says whose it is. */
const POD_UID = 'berth/pod-uid';
/** Two pods draw the same three bytes now and then. */
const MAX_DRAWS = 8;

export const nodeId = (cluster: string, name: string): ObjectId => ({
  cluster,
  resource: 'nodes',
  namespace: '',
  name,
});

const isOf = (node: KubeObject, pod: KubeObject): boolean => node.metadata.labels?.[POD_UID] === pod.metadata.uid;

/** The node a pod is on; undefined while it has none. */
export async function findNode(
  deps: Dependencies,
  cluster: string,
  pod: KubeObject,
): Promise<Versioned<KubeObject> | undefined> {
  const { nodeName: name } = objectAt(pod['spec'] as Json);
  if (typeof name !== 'string') return undefined;
  const found = await findObject(deps, nodeId(cluster, name));
  return found && isOf(found.value, pod) ? found : undefined;
}

/** The commit that makes the node of a pod that was given to a machine, under a name nobody else has. */
export async function nodeOfPod(
  deps: Dependencies,
  pod: KubeObject,
  task: Task,
  observation: TaskObservation | undefined,
): Promise<Extract<Commit, { readonly kind: 'create' }>> {
  const { cluster, assignment, resources } = task;
  const machine = { cluster, instanceId: assignment?.instanceId ?? '' };
  const [name, registration, reservation] = await Promise.all([
    freeName(deps, cluster, pod),
    read(deps.store, registrations, machine),
    read(deps.store, reservations, machine),
  ]);
  const attributes = reservation?.value.attributes ?? {};
  const zone = attributes['ecs.availability-zone'];
  const now = deps.clock.now();
  const made = fargateNode(
    {
      name,
      region: deps.scope.region,
      ...(zone === undefined ? {} : { zone }),
      architecture: attributes['ecs.cpu-architecture'] === 'arm64' ? 'arm64' : 'amd64',
      size: resources,
      ...(observation?.address === undefined ? {} : { address: observation.address }),
      runtime: registration?.value.runtime ?? 'unknown',
      agentVersion: registration?.value.agentVersion ?? 'unknown',
      machine: machine.instanceId,
    },
    now,
  );
  const after: KubeObject = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: deps.ids.uuid(),
      resourceVersion: '0',
      creationTimestamp: timestamp(now),
      labels: { ...(made.metadata['labels'] as Record<string, string>), [POD_UID]: pod.metadata.uid },
    },
    spec: made.spec,
    status: made.status,
  };
  return { kind: 'create', id: nodeId(cluster, name), after };
}

async function freeName(deps: Dependencies, cluster: string, pod: KubeObject): Promise<string> {
  let name = '';
  for (let draw = 0; draw < MAX_DRAWS; draw += 1) {
    name = nodeName(deps.scope.region, deps.ids.derive('node', cluster, pod.metadata.uid, draw));
    if (!(await findObject(deps, nodeId(cluster, name)))) break;
  }
  return name;
}

/** The commit that tells a node its pod's address; undefined when it knows it. */
export function addressCommit(
  cluster: string,
  node: Versioned<KubeObject>,
  address: string | undefined,
): Extract<Commit, { readonly kind: 'update' }> | undefined {
  if (address === undefined) return undefined;
  const status = objectAt(node.value['status'] as Json);
  const { name } = node.value.metadata;
  const addresses = [
    { type: 'InternalIP', address },
    { type: 'Hostname', address: name },
  ];
  if (isSameValue(status['addresses'], addresses)) return undefined;
  const after = { ...node.value, status: { ...status, addresses } };
  return { kind: 'update', id: nodeId(cluster, name), before: node, after };
}
