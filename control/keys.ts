import type { Key } from './ports.ts';

/**
 * Every key of the table, in one file.
 * Invariant: the encoding is injective: each part is escaped, so no user text can make another object's key (X7).
 */
const part = (text: string): string => encodeURIComponent(text);
const join = (...parts: readonly string[]): string => parts.map(part).join('#');
const number = (value: number): string => String(value).padStart(10, '0');

/** Spreads one cluster's items over partitions, so that no partition takes every write of a cluster. */
export const TASK_SHARDS = 8;
export const INSTANCE_SHARDS = 4;

/** Ids are uniform hex, so their first digits are a fair shard. Other text still lands somewhere valid. */
const shardOf = (id: string, shards: number): string => {
  const digits = Number.parseInt(id.slice(0, 4), 16);
  return String(Number.isNaN(digits) ? 0 : digits % shards);
};

const shards = (count: number): readonly string[] => Array.from({ length: count }, (_, shard) => String(shard));

export const clusterKey = (cluster: string): Key => ({ pk: 'CLUSTERS', sk: part(cluster) });
export const clustersPartition = 'CLUSTERS';

export const accountSettingKey = (principalArn: string, name: string): Key => ({
  pk: 'ACCOUNT-SETTINGS',
  sk: join(principalArn, name),
});

export const capacityProviderKey = (name: string): Key => ({ pk: 'CAPACITY-PROVIDERS', sk: part(name) });
export const capacityProvidersPartition = 'CAPACITY-PROVIDERS';

export const familyKey = (family: string): Key => ({ pk: 'FAMILIES', sk: part(family) });
export const familiesPartition = 'FAMILIES';

export const definitionKey = (family: string, revision: number): Key => ({
  pk: join('DEFINITION', family),
  sk: join('REV', number(revision)),
});
export const definitionsPartition = (family: string): string => join('DEFINITION', family);

/** Sparse index: revisions that wait for the last of their users to go, oldest request first. */
export const deletingIndexKey = (requestedAt: number, family: string, revision: number): Key => ({
  pk: deletingPartition,
  sk: join(String(requestedAt).padStart(15, '0'), family, number(revision)),
});
export const deletingPartition = 'DELETING-DEFINITIONS';

/** Directory of a cluster's services, written when one is made; the service itself has its own partition. */
export const serviceEntryKey = (cluster: string, service: string): Key => ({
  pk: join('SERVICES', cluster),
  sk: part(service),
});
export const servicesPartition = (cluster: string): string => join('SERVICES', cluster);

/** Directory of a cluster's daemon services alone: what happens to a machine concerns each of them. */
export const daemonEntryKey = (cluster: string, service: string): Key => ({
  pk: daemonsPartition(cluster),
  sk: part(service),
});
export const daemonsPartition = (cluster: string): string => join('DAEMONS', cluster);

export const servicePartition = (cluster: string, service: string): string => join('SERVICE', cluster, service);
export const serviceKey = (cluster: string, service: string): Key => ({
  pk: servicePartition(cluster, service),
  sk: 'DESIRED',
});
export const serviceStateKey = (cluster: string, service: string): Key => ({
  pk: servicePartition(cluster, service),
  sk: 'STATE',
});
export const slotChunkKey = (cluster: string, service: string, deployment: string, chunk: number): Key => ({
  pk: servicePartition(cluster, service),
  sk: join('SLOTS', deployment, number(chunk)),
});
export const slotsPrefix = 'SLOTS#';
/** In the order they were made. */
export const deploymentRecordKey = (cluster: string, service: string, createdAt: number, deployment: string): Key => ({
  pk: servicePartition(cluster, service),
  sk: join('HISTORY', number(createdAt), deployment),
});
export const deploymentRecordsPrefix = 'HISTORY#';
export const serviceEventKey = (cluster: string, service: string, sequence: number): Key => ({
  pk: servicePartition(cluster, service),
  sk: join('EVENT', number(sequence)),
});
export const serviceEventsPrefix = 'EVENT#';

const tasksPartition = (cluster: string, shard: string): string => join('TASKS', cluster, shard);
export const taskKey = (cluster: string, taskId: string): Key => ({
  pk: tasksPartition(cluster, shardOf(taskId, TASK_SHARDS)),
  sk: join('TASK', taskId),
});
export const observationKey = (cluster: string, taskId: string): Key => ({
  pk: tasksPartition(cluster, shardOf(taskId, TASK_SHARDS)),
  sk: join('OBSERVED', taskId),
});
/** The cluster in the key of an item that belongs to one. */
export const clusterOfKey = ({ pk }: Key): string => decodeURIComponent(pk.split('#')[1] ?? '');
export const taskPartitions = (cluster: string): readonly string[] =>
  shards(TASK_SHARDS).map((shard) => tasksPartition(cluster, shard));
export const tasksPrefix = 'TASK#';

/** Sparse index: tasks that wait for room, oldest first. */
export const unplacedIndexKey = (cluster: string, createdAt: number, taskId: string): Key => ({
  pk: unplacedPartition(cluster),
  sk: join(String(createdAt).padStart(15, '0'), taskId),
});
export const unplacedPartition = (cluster: string): string => join('UNPLACED', cluster);

const instancesPartition = (cluster: string, shard: string): string => join('INSTANCES', cluster, shard);
const instanceKey = (cluster: string, instanceId: string, prefix: string): Key => ({
  pk: instancesPartition(cluster, shardOf(instanceId, INSTANCE_SHARDS)),
  sk: join(prefix, instanceId),
});
export const registrationKey = (cluster: string, instanceId: string): Key => instanceKey(cluster, instanceId, 'REG');
export const reservationKey = (cluster: string, instanceId: string): Key => instanceKey(cluster, instanceId, 'RES');
export const leaseKey = (cluster: string, instanceId: string): Key => instanceKey(cluster, instanceId, 'LEASE');
export const instancePartitions = (cluster: string): readonly string[] =>
  shards(INSTANCE_SHARDS).map((shard) => instancesPartition(cluster, shard));
export const reservationsPrefix = 'RES#';
export const leasesPrefix = 'LEASE#';

export const capacityPartition = (cluster: string): string => join('CAPACITY', cluster);
export const capacityKey = (cluster: string, provider?: string): Key => ({
  pk: capacityPartition(cluster),
  sk: provider === undefined ? 'STATE' : join('STATE', provider),
});

export const joinTokenKey = (hash: string): Key => ({ pk: 'JOIN-TOKENS', sk: part(hash) });

/** In the order of their time; `origin` tells apart what was written at the same millisecond. */
export const outboxKey = (cluster: string, at: number, origin: string): Key => ({
  pk: outboxPartition(cluster),
  sk: `${String(at).padStart(15, '0')}#${part(origin)}`,
});
export const outboxPartition = (cluster: string): string => join('OUTBOX', cluster);
/** Sorts behind everything that was written before `at`, and before everything else. */
export const outboxBefore = (at: number): string => String(Math.max(0, Math.floor(at))).padStart(15, '0');
/** Says that a stream record's events are in the outbox. */
export const outboxClaimKey = (cluster: string, record: string): Key => ({
  pk: join('OUTBOX-CLAIM', cluster, record),
  sk: 'CLAIM',
});

/** Clusters that the EKS face knows: those of the same names whose Kubernetes side is in use. */
export const eksClusterKey = (cluster: string): Key => ({ pk: eksClustersPartition, sk: part(cluster) });
export const eksClustersPartition = 'EKS-CLUSTERS';
export const fargateProfileKey = (cluster: string, profile: string): Key => ({
  pk: fargateProfilesPartition(cluster),
  sk: part(profile),
});
export const fargateProfilesPartition = (cluster: string): string => join('FARGATE-PROFILES', cluster);
/** What a client token was used for. */
export const eksRequestKey = (cluster: string, token: string): Key => ({
  pk: join('EKS-REQUESTS', cluster),
  sk: part(token),
});

/** All objects of one resource of the Kubernetes face, by namespace and name; cluster-scoped ones have no namespace. */
export const objectKey = (cluster: string, resource: string, namespace: string, name: string): Key => ({
  pk: objectsPartition(cluster, resource),
  sk: join(namespace, name),
});
export const objectsPartition = (cluster: string, resource: string): string => join('OBJECTS', cluster, resource);
export const namespacePrefix = (namespace: string): string => `${part(namespace)}#`;

/** The log of a resource's changes, by position; its head stands beside it. */
export const objectChangeKey = (cluster: string, resource: string, position: number): Key => ({
  pk: objectLogPartition(cluster, resource),
  sk: `AT#${logPosition(position)}`,
});
export const objectLogPartition = (cluster: string, resource: string): string => join('OBJECT-LOG', cluster, resource);
export const objectLogHeadKey = (cluster: string, resource: string): Key => ({
  pk: objectLogPartition(cluster, resource),
  sk: 'HEAD',
});
/** Who has what only one object of a resource may have. */
export const objectClaimKey = (cluster: string, resource: string, claim: string): Key => ({
  pk: join('OBJECT-CLAIM', cluster, resource, claim),
  sk: 'CLAIM',
});
export const objectChangesPrefix = 'AT#';
export const logPosition = (position: number): string => String(position).padStart(15, '0');

/** Which objects of a cluster an owner has, by its uid; written with every object that names an owner. */
export const ownedKey = (cluster: string, owner: string, resource: string, namespace: string, name: string): Key => ({
  pk: ownedPartition(cluster),
  sk: join(owner, resource, namespace, name),
});
export const ownedPartition = (cluster: string): string => join('OWNED', cluster);
export const ownerPrefix = (owner: string): string => `${part(owner)}#`;

/** All of one session: the two halves and the pieces that wait for a reader. */
export const sessionPartition = (sessionId: string): string => join('SESSION', sessionId);
export const sessionGrantKey = (sessionId: string): Key => ({ pk: sessionPartition(sessionId), sk: 'GRANT' });
export const sessionProgressKey = (sessionId: string): Key => ({ pk: sessionPartition(sessionId), sk: 'AGENT' });
export const sessionInputKey = (sessionId: string, sequence: number): Key => ({
  pk: sessionPartition(sessionId),
  sk: join('IN', number(sequence)),
});
export const sessionOutputKey = (sessionId: string, sequence: number): Key => ({
  pk: sessionPartition(sessionId),
  sk: join('OUT', number(sequence)),
});
/** Which session a client's socket belongs to. */
export const sessionSocketKey = (connection: string): Key => ({ pk: join('SOCKET', connection), sk: 'SESSION' });
