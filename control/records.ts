import type { JsonObject } from '#core/json.ts';
import type { AccountSetting } from '#core/model/account-setting.ts';
import type { CapacityProvider } from '#core/model/capacity-provider.ts';
import type { Cluster } from '#core/model/cluster.ts';
import type { CapacityState, Lease, Registration, Reservation } from '#core/model/container-instance.ts';
import type { OutboxEntry } from '#core/model/outbox.ts';
import type {
  DeploymentSpec,
  ServiceDeploymentRecord,
  ServiceEvent,
  ServiceState,
  SlotChunk,
} from '#core/model/service.ts';
import type { InputPiece, SessionGrant, SessionProgress, WaitingOutput } from '#core/model/session.ts';
import type { Task, TaskObservation } from '#core/model/task.ts';
import type { TaskDefinition, TaskDefinitionFamily } from '#core/model/task-definition.ts';
import type { AnyService } from '#core/model/task-set.ts';
import * as keys from './keys.ts';
import type { Expectation, Item, ItemBody, Key, MachinePool, PartitionQuery, StateStore, Write } from './ports.ts';
import { reservationCodec } from './reservation-codec.ts';

/** A value together with the version a write must name. */
export interface Versioned<T> {
  readonly value: T;
  readonly version: number;
}

/** Another form of a value for the table, which bills by size; nothing outside this file sees it. */
interface Codec<V> {
  encode(value: V): JsonObject;
  decode(stored: JsonObject): V;
}

/** How one noun is stored. `V` is the value, `Id` what names it. */
export interface RecordType<Id, V> {
  readonly kind: string;
  readonly key: (id: Id) => Key;
  /** Absent: the value is stored as it is. */
  readonly codec?: Codec<V>;
  /** Type marker only; never present at run time. */
  readonly valueType?: V;
}

export const record = <Id, V>(kind: string, key: (id: Id) => Key, codec?: Codec<V>): RecordType<Id, V> => ({
  kind,
  key,
  ...(codec && { codec }),
});

export interface InCluster {
  readonly cluster: string;
}
export interface ServiceId extends InCluster {
  readonly service: string;
}
export interface TaskId extends InCluster {
  readonly taskId: string;
}
export interface InstanceId extends InCluster {
  readonly instanceId: string;
}

export const clusters = record<string, Cluster>('cluster', keys.clusterKey);
export const accountSettings = record<Pick<AccountSetting, 'name' | 'principalArn'>, AccountSetting>(
  'account-setting',
  (id) => keys.accountSettingKey(id.principalArn, id.name),
);
export const capacityProviders = record<string, CapacityProvider>('capacity-provider', keys.capacityProviderKey);
export const families = record<string, TaskDefinitionFamily>('family', keys.familyKey);
export const definitions = record<{ family: string; revision: number }, TaskDefinition>('definition', (id) =>
  keys.definitionKey(id.family, id.revision),
);
export const serviceEntries = record<ServiceId, { readonly name: string }>('service-entry', (id) =>
  keys.serviceEntryKey(id.cluster, id.service),
);
export const daemonEntries = record<ServiceId, { readonly name: string }>('daemon-entry', (id) =>
  keys.daemonEntryKey(id.cluster, id.service),
);
export const services = record<ServiceId, AnyService>('service', (id) => keys.serviceKey(id.cluster, id.service));
export const serviceStates = record<ServiceId, ServiceState>('service-state', (id) =>
  keys.serviceStateKey(id.cluster, id.service),
);
export const slotChunks = record<ServiceId & { deployment: string; chunk: number }, SlotChunk>('slot-chunk', (id) =>
  keys.slotChunkKey(id.cluster, id.service, id.deployment, id.chunk),
);
export const serviceEvents = record<ServiceId & { sequence: number }, ServiceEvent>('service-event', (id) =>
  keys.serviceEventKey(id.cluster, id.service, id.sequence),
);
export const deploymentRecords = record<ServiceId & Pick<DeploymentSpec, 'id' | 'createdAt'>, ServiceDeploymentRecord>(
  'service-deployment',
  ({ cluster, service, createdAt, id }) => keys.deploymentRecordKey(cluster, service, createdAt, id),
);
export const tasks = record<TaskId, Task>('task', (id) => keys.taskKey(id.cluster, id.taskId));
export const observations = record<TaskId, TaskObservation>('observation', (id) =>
  keys.observationKey(id.cluster, id.taskId),
);
export const registrations = record<InstanceId, Registration>('registration', (id) =>
  keys.registrationKey(id.cluster, id.instanceId),
);
export const reservations = record<InstanceId, Reservation>(
  'reservation',
  (id) => keys.reservationKey(id.cluster, id.instanceId),
  reservationCodec,
);
export const leases = record<InstanceId, Lease>('lease', (id) => keys.leaseKey(id.cluster, id.instanceId));
/** Lets machines join a cluster; stored under the hash of its text. */
export interface JoinToken {
  readonly cluster: string;
  readonly expiresAt: number;
  /** Absent: any number of machines. */
  readonly usesLeft?: number;
}
export const joinTokens = record<string, JoinToken>('join-token', keys.joinTokenKey);
export const outbox = record<{ cluster: string; at: number; origin: string }, OutboxEntry>('outbox', (id) =>
  keys.outboxKey(id.cluster, id.at, id.origin),
);
/** Ids of the events that were written for the batch a stream record begins. */
export const outboxClaims = record<{ cluster: string; record: string }, { readonly events: readonly string[] }>(
  'outbox-claim',
  (id) => keys.outboxClaimKey(id.cluster, id.record),
);
export const capacityStates = record<MachinePool, CapacityState>('capacity-state', (pool) =>
  keys.capacityKey(pool.cluster, pool.capacityProvider),
);
export const sessionGrants = record<string, SessionGrant>('session-grant', keys.sessionGrantKey);
export const sessionProgress = record<string, SessionProgress>('session-progress', keys.sessionProgressKey);
export const sessionInput = record<{ sessionId: string; sequence: number }, InputPiece>('session-input', (id) =>
  keys.sessionInputKey(id.sessionId, id.sequence),
);
export const sessionOutput = record<{ sessionId: string; sequence: number }, WaitingOutput>('session-output', (id) =>
  keys.sessionOutputKey(id.sessionId, id.sequence),
);
export const sessionSockets = record<string, { readonly sessionId: string }>('session-socket', keys.sessionSocketKey);

// A stored value is exactly what a put of the same record type wrote, so the kind alone proves its type.
const versioned = <V>(type: RecordType<never, V>, item: Item): Versioned<V> => {
  if (item.kind !== type.kind) {
    throw new TypeError(`expected a ${type.kind} at ${item.key.pk} / ${item.key.sk}, found a ${item.kind}`);
  }
  const value = type.codec ? type.codec.decode(item.value) : (item.value as unknown as V);
  return { value, version: item.version };
};

/** Strongly consistent read of one record. */
export async function read<Id, V>(
  store: StateStore,
  type: RecordType<Id, V>,
  id: Id,
): Promise<Versioned<V> | undefined> {
  const item = await store.get(type.key(id));
  return item && versioned(type, item);
}

/** Strongly consistent read of many, in the order asked for. */
export async function readMany<Id, V>(
  store: StateStore,
  type: RecordType<Id, V>,
  ids: readonly Id[],
): Promise<readonly (Versioned<V> | undefined)[]> {
  const items = await store.getMany(ids.map((id) => type.key(id)));
  return items.map((item) => item && versioned(type, item));
}

/** Interprets an item that a query returned. */
export const asRecord = <Id, V>(type: RecordType<Id, V>, item: Item): Versioned<V> => versioned(type, item);

/** Every record of one type under a partition and prefix, page by page. */
export async function readAll<Id, V>(
  store: StateStore,
  type: RecordType<Id, V>,
  query: Pick<PartitionQuery, 'pk' | 'prefix'>,
): Promise<readonly Versioned<V>[]> {
  const found: Versioned<V>[] = [];
  let after: string | undefined;
  do {
    const page = await store.query(after === undefined ? query : { ...query, after });
    found.push(...page.items.map((item) => versioned(type, item)));
    after = page.next;
  } while (after !== undefined);
  return found;
}

export type PutOptions = Pick<ItemBody, 'index' | 'wake' | 'expiresAt'>;

/** The write that stores `value`, on the condition that `expect` still holds. */
export function put<Id, V>(
  type: RecordType<Id, V>,
  id: Id,
  value: V,
  expect: Expectation,
  options: PutOptions = {},
): Write {
  return {
    kind: 'put',
    key: type.key(id),
    expect,
    body: {
      kind: type.kind,
      value: type.codec ? type.codec.encode(value) : (value as unknown as JsonObject),
      ...options,
    },
  };
}

export const check = <Id, V>(type: RecordType<Id, V>, id: Id, expect: Expectation): Write => ({
  kind: 'check',
  key: type.key(id),
  expect,
});

export const remove = <Id, V>(type: RecordType<Id, V>, id: Id, expect: number): Write => ({
  kind: 'delete',
  key: type.key(id),
  expect,
});
