/** One field of a message. */
export interface MessageField {
  readonly name: string;
  /** `string`, `bytes`, `int`, `bool`, `time`, `json` (any JSON), or the name of a message of the table below. */
  readonly type: string;
  readonly many?: 'list' | 'map';
}

export type Message = ReadonlyMap<number, MessageField>;

/**
 * Numbers of the fields in Kubernetes' protobuf form (generated.proto of k8s.io/api and k8s.io/apimachinery), each with its
 * JSON name and what it holds. Documents are made from it, too. A kind that is not here is read as JSON and YAML only.
 */
const TABLE: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  ObjectMeta: {
    1: 'name string',
    2: 'generateName string',
    3: 'namespace string',
    4: 'selfLink string',
    5: 'uid string',
    6: 'resourceVersion string',
    7: 'generation int',
    8: 'creationTimestamp time',
    9: 'deletionTimestamp time',
    10: 'deletionGracePeriodSeconds int',
    11: 'labels map string',
    12: 'annotations map string',
    13: 'ownerReferences list OwnerReference',
    14: 'finalizers list string',
    17: 'managedFields list ManagedFieldsEntry',
  },
  OwnerReference: {
    1: 'kind string',
    3: 'name string',
    4: 'uid string',
    5: 'apiVersion string',
    6: 'controller bool',
    7: 'blockOwnerDeletion bool',
  },
  ManagedFieldsEntry: {
    1: 'manager string',
    2: 'operation string',
    3: 'apiVersion string',
    4: 'time time',
    6: 'fieldsType string',
    7: 'fieldsV1 json',
    8: 'subresource string',
  },
  DeleteOptions: {
    1: 'gracePeriodSeconds int',
    2: 'preconditions Preconditions',
    3: 'orphanDependents bool',
    4: 'propagationPolicy string',
    5: 'dryRun list string',
  },
  Preconditions: { 1: 'uid string', 2: 'resourceVersion string' },
  Namespace: { 1: 'metadata ObjectMeta', 2: 'spec NamespaceSpec', 3: 'status NamespaceStatus' },
  NamespaceSpec: { 1: 'finalizers list string' },
  NamespaceStatus: { 1: 'phase string', 2: 'conditions list NamespaceCondition' },
  NamespaceCondition: {
    1: 'type string',
    2: 'status string',
    4: 'lastTransitionTime time',
    5: 'reason string',
    6: 'message string',
  },
  ConfigMap: { 1: 'metadata ObjectMeta', 2: 'data map string', 3: 'binaryData map bytes', 4: 'immutable bool' },
  Secret: {
    1: 'metadata ObjectMeta',
    2: 'data map bytes',
    3: 'type string',
    4: 'stringData map string',
    5: 'immutable bool',
  },
  ServiceAccount: {
    1: 'metadata ObjectMeta',
    2: 'secrets list ObjectReference',
    3: 'imagePullSecrets list LocalObjectReference',
    4: 'automountServiceAccountToken bool',
  },
  ObjectReference: {
    1: 'kind string',
    2: 'namespace string',
    3: 'name string',
    4: 'uid string',
    5: 'apiVersion string',
    6: 'resourceVersion string',
    7: 'fieldPath string',
  },
  LocalObjectReference: { 1: 'name string' },
};

function readField(text: string): MessageField {
  const [name = '', first = '', second] = text.split(' ');
  return second === undefined ? { name, type: first } : { name, type: second, many: first === 'map' ? 'map' : 'list' };
}

const MESSAGES: ReadonlyMap<string, Message> = new Map(
  Object.entries(TABLE).map(([name, fields]) => [
    name,
    new Map(Object.entries(fields).map(([number, text]) => [Number(number), readField(text)])),
  ]),
);

/** The fields of a message or kind; undefined when the table has none of that name. */
export const messageNamed = (name: string): Message | undefined => MESSAGES.get(name);

/** Names of all messages, in the order of the table. */
export const messageNames = (): readonly string[] => [...MESSAGES.keys()];
