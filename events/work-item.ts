import { Fault } from '#core/fault.ts';

/** A queue message: it carries a key, never a fact. The worker reads the state and decides afresh. */
export type WorkItem =
  /** Reconcile one service. */
  | { readonly kind: 'service'; readonly cluster: string; readonly service: string }
  /** Place the unplaced tasks of a cluster. */
  | { readonly kind: 'placement'; readonly cluster: string }
  /** Launch or recycle machines of a cluster. */
  | { readonly kind: 'capacity'; readonly cluster: string };

export type WorkKind = WorkItem['kind'];

/** One string per target: equal items are equal text, so a batch can drop repeats. */
export function encodeWorkItem(item: WorkItem): string {
  return item.kind === 'service'
    ? JSON.stringify({ kind: item.kind, cluster: item.cluster, service: item.service })
    : JSON.stringify({ kind: item.kind, cluster: item.cluster });
}

/** Reads a message body. A body nobody could have sent is refused, so that it ends in the dead-letter queue. */
export function decodeWorkItem(text: string): WorkItem {
  const body: unknown = JSON.parse(text);
  if (isRecord(body) && typeof body['cluster'] === 'string') {
    const { kind, cluster, service } = body;
    if (kind === 'service' && typeof service === 'string') return { kind, cluster, service };
    if (kind === 'placement' || kind === 'capacity') return { kind, cluster };
  }
  throw new Fault('InvalidParameter', `not a work item: ${text.slice(0, 200)}`);
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
