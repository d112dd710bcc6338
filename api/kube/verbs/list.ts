import { pageObjects, readPosition, type Selection } from '#control/kube/read-objects.ts';
import { collectionName, type KubeResource } from '#core/kube/resource.ts';
import { parseFieldSelector } from '#core/kube/selector/field-selector.ts';
import { parseLabelSelector } from '#core/kube/selector/label-selector.ts';
import { type KubeCall, numberParameter } from '../call.ts';
import { readContinue, writeContinue } from '../continue-token.ts';
import type { KubeAnswer } from '../kube-request.ts';
import { listAnswer } from '../present-objects.ts';

/** As many objects as one answer has, however many were asked for: a client goes on with `continue`. */
const MAX_PAGE = 1_000;

/** Which objects the request's selectors and path name. */
export function selectionOf(
  { parameters }: KubeCall,
  resource: KubeResource,
  namespace: string | undefined,
): Selection {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    labels: parseLabelSelector(parameters.get('labelSelector') ?? ''),
    fields: parseFieldSelector(parameters.get('fieldSelector') ?? '', resource.selectableFields, pathIn(resource)),
  };
}

const pathIn =
  ({ fieldPaths = {}, view }: KubeResource) =>
  (field: string): string =>
    fieldPaths[field] ?? view?.fieldOf(field) ?? field;

/** GET of a collection. The position is read before the objects, so that a watch from it misses nothing. */
export async function listVerb(
  call: KubeCall,
  resource: KubeResource,
  namespace: string | undefined,
): Promise<KubeAnswer> {
  const { deps, user, parameters } = call;
  const id = { cluster: user.cluster, resource: collectionName(resource) };
  const selection = selectionOf(call, resource, namespace);
  const filter = { resource: id.resource, cluster: id.cluster, ...selection };
  const token = parameters.get('continue');
  const cursor = token ? await readContinue(call, filter, token) : undefined;
  const position = cursor?.position ?? (await readPosition(deps, id));
  const asked = numberParameter(parameters, 'limit') || undefined;
  const page = await pageObjects(deps, id, selection, {
    ...(asked === undefined ? {} : { limit: Math.min(asked, MAX_PAGE) }),
    ...(cursor && { after: cursor.after }),
  });
  const next = page.next === undefined ? undefined : await writeContinue(call, filter, { after: page.next, position });
  return listAnswer(
    call,
    resource,
    page.items.map(({ value }) => value),
    { resourceVersion: String(position), ...(next === undefined ? {} : { continue: next }) },
  );
}
