import { readChanges } from '#control/kube/read-changes.ts';
import { isSelected, listObjects, readPosition, type Selection } from '#control/kube/read-objects.ts';
import type { CollectionId, ObjectChange } from '#control/kube/records.ts';
import { Fault } from '#core/fault.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { apiVersionOf, collectionName, type KubeResource, shownAs } from '#core/kube/resource.ts';
import { isTrue, type KubeCall, numberParameter } from '../call.ts';
import type { KubeAnswer } from '../kube-request.ts';
import { formOf } from '../negotiate.ts';
import { tableOptions } from '../present-objects.ts';
import { faultStatus } from '../status.ts';
import { partial, tableOf } from '../table.ts';
import { selectionOf } from './list.ts';

/** How often a quiet collection is looked at. */
const POLL_MS = 250;
/** A client that watches learns at least this often how far it is; well below what gateways let a connection idle. */
const BOOKMARK_MS = 20_000;
/** Longest watch: clients begin another one where this one ended. */
const MAX_WATCH_MS = 240_000;

type EventType = ObjectChange['type'] | 'BOOKMARK';

/**
 * GET of a collection with `watch=true`: changes as lines of JSON, from the position asked for on, until the time is over.
 * With version 0 or none it begins with what is there.
 */
export async function watchVerb(
  call: KubeCall,
  resource: KubeResource,
  namespace: string | undefined,
): Promise<KubeAnswer> {
  const { deps, user, parameters } = call;
  const id = { cluster: user.cluster, resource: collectionName(resource) };
  const selection = selectionOf(call, resource, namespace);
  const asked = numberParameter(parameters, 'resourceVersion') ?? 0;
  const forMs = watchTime(parameters);
  const body = lines(call, resource, { id, selection, from: asked, forMs });
  // The first look happens before the answer begins, so that an old version is refused by its status.
  if (asked > 0 && (await readChanges(deps, id, asked)).kind === 'expired') throw expired(asked);
  return { status: 200, headers: { 'content-type': 'application/json' }, body };
}

interface Watched {
  readonly id: CollectionId;
  readonly selection: Selection;
  /** 0: begin with what is there. */
  readonly from: number;
  readonly forMs: number;
}

async function* lines(
  call: KubeCall,
  resource: KubeResource,
  { id, selection, from, forMs }: Watched,
): AsyncGenerator<string> {
  const { deps, request, parameters } = call;
  const present = presenter(call, resource);
  const endsAt = deps.clock.now() + forMs;
  const bookmarks = isTrue(parameters, 'allowWatchBookmarks');
  let position = from;
  if (from === 0) {
    position = await readPosition(deps, id);
    for (const { value } of await listObjects(deps, id, selection)) yield present('ADDED', value);
  }
  let toldAt = deps.clock.now();
  while (deps.clock.now() < endsAt && request.signal?.aborted !== true) {
    const reading = await call.changes.read(id, position);
    if (reading.kind === 'expired') {
      yield `${JSON.stringify({ type: 'ERROR', object: faultStatus(expired(position)) })}\n`;
      return;
    }
    for (const change of reading.changes) {
      const type = seenAs(selection, change);
      if (type) yield present(type, change.object, change.json);
      position = change.position;
      if (type) toldAt = deps.clock.now();
    }
    if (bookmarks && deps.clock.now() - toldAt >= BOOKMARK_MS) {
      yield present('BOOKMARK', bookmark(resource, position));
      toldAt = deps.clock.now();
    }
    if (reading.changes.length === 0) await call.sleep(POLL_MS, request.signal);
  }
  if (bookmarks) yield present('BOOKMARK', bookmark(resource, position));
}

/** What a change is to someone who sees a selection only: an object may come into it or leave it without being made or deleted. */
function seenAs(selection: Selection, { type, object, previous }: ObjectChange): EventType | undefined {
  const was = previous !== undefined && isSelected(selection, previous);
  const is = isSelected(selection, object);
  if (type === 'DELETED') return was || is ? 'DELETED' : undefined;
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function watchTime(parameters: URLSearchParams): number {
  const seconds = numberParameter(parameters, 'timeoutSeconds');
  return Math.min(seconds ? seconds * 1_000 : MAX_WATCH_MS, MAX_WATCH_MS);
}

/** Writes events in the form asked for; `json` is the object as it is stored, written already. */
function presenter(
  call: KubeCall,
  resource: KubeResource,
): (type: EventType, object: KubeObject, json?: string) => string {
  const form = formOf(call.request.headers['accept']);
  let hasHeader = true;
  return (type, object, json) => {
    const line = (shown: unknown): string => `${JSON.stringify({ type, object: shown })}\n`;
    if (form.kind === 'json' && json !== undefined && !resource.view) return `{"type":"${type}","object":${json}}\n`;
    if (form.kind === 'json') return line(shownAs(resource, object));
    if (form.kind === 'metadata') return line(partial(object));
    const metadata = { resourceVersion: object.metadata.resourceVersion };
    const shown = tableOf(resource, type === 'BOOKMARK' ? [] : [object], metadata, {
      ...tableOptions(call),
      hasHeader,
    });
    hasHeader = false;
    return line(shown);
  };
}

const bookmark = (resource: KubeResource, position: number): KubeObject =>
  ({
    kind: resource.kind,
    apiVersion: apiVersionOf(resource),
    metadata: { resourceVersion: String(position), creationTimestamp: null },
  }) as unknown as KubeObject;

const expired = (position: number): Fault => new Fault('Expired', `too old resource version: ${position}`);
