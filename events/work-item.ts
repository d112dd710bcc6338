import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';

/** A queue message: it carries a key, never a fact. The worker reads the state and decides afresh. */
export type WorkItem =
  /** Reconcile one service. */
  | { readonly kind: 'service'; readonly cluster: string; readonly service: string }
  /** Place the unplaced tasks of a cluster. */
  | { readonly kind: 'placement'; readonly cluster: string }
  /** Launch or recycle machines of a cluster. */
  | { readonly kind: 'capacity'; readonly cluster: string }
  /** Reconcile one object of the Kubernetes face, and then the one that controls it. */
  | {
      readonly kind: 'object';
      readonly cluster: string;
      /** Name of the resource, such as `pods` or `deployments.apps`. */
      readonly resource: string;
      /** Empty for a cluster-scoped object. */
      readonly namespace: string;
      readonly name: string;
      /** Its controller, in the same namespace; absent when it has none. */
      readonly owner?: { readonly resource: string; readonly name: string };
      /** Uid of the object of this name that was deleted: what it owned is looked for. */
      readonly gone?: string;
    };

export type WorkKind = WorkItem['kind'];

/** One string per target: equal items are equal text, so a batch can drop repeats. */
export function encodeWorkItem(item: WorkItem): string {
  switch (item.kind) {
    case 'service':
      return JSON.stringify({ kind: item.kind, cluster: item.cluster, service: item.service });
    case 'placement':
    case 'capacity':
      return JSON.stringify({ kind: item.kind, cluster: item.cluster });
    case 'object': {
      const { kind, cluster, resource, namespace, name, owner, gone } = item;
      const chain = owner ? { owner: { resource: owner.resource, name: owner.name } } : {};
      return JSON.stringify({
        kind,
        cluster,
        resource,
        namespace,
        name,
        ...chain,
        ...(gone !== undefined && { gone }),
      });
    }
    default:
      return assertNever(item);
  }
}

/** Reads a message body. A body nobody could have sent is refused, so that it ends in the dead-letter queue. */
export function decodeWorkItem(text: string): WorkItem {
  const body: unknown = JSON.parse(text);
  const work = isRecord(body) ? readWork(body) : undefined;
  if (work) return work;
  throw new Fault('InvalidParameter', `not a work item: ${text.slice(0, 200)}`);
}

function readWork({ kind, cluster, service, ...rest }: Readonly<Record<string, unknown>>): WorkItem | undefined {
  if (typeof cluster !== 'string') return undefined;
  if (kind === 'service' && typeof service === 'string') return { kind, cluster, service };
  if (kind === 'placement' || kind === 'capacity') return { kind, cluster };
  return kind === 'object' ? readObjectWork(cluster, rest) : undefined;
}

function readObjectWork(cluster: string, body: Readonly<Record<string, unknown>>): WorkItem | undefined {
  const { resource, namespace, name, owner, gone } = body;
  if (typeof resource !== 'string' || typeof namespace !== 'string' || typeof name !== 'string') return undefined;
  const mark = typeof gone === 'string' ? { gone } : {};
  const work = { kind: 'object', cluster, resource, namespace, name, ...mark } as const;
  if (!isRecord(owner)) return work;
  const { resource: ownerResource, name: ownerName } = owner;
  if (typeof ownerResource !== 'string' || typeof ownerName !== 'string') return undefined;
  return { ...work, owner: { resource: ownerResource, name: ownerName } };
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
