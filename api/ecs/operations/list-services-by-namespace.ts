import {
  ListServicesByNamespace$,
  type ListServicesByNamespaceRequest,
  type ListServicesByNamespaceResponse,
} from '@aws-sdk/client-ecs';
import { Fault } from '#core/fault.ts';
import type { Scope } from '#core/model/scope.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';

/**
 * Services join a namespace by Service Connect, which is refused, so that none is ever in one. A service registry names
 * a service of Cloud Map, not a namespace.
 */
export const listServicesByNamespaceOperation = operation<
  ListServicesByNamespaceRequest,
  ListServicesByNamespaceResponse
>(ListServicesByNamespace$, async (call, input) => {
  const namespace = namespaceOf(call.deps.scope, input.namespace);
  const listing = { operation: 'ListServicesByNamespace', filter: [namespace] };
  await paged(call, listing, input, async () => ({}));
  return { serviceArns: [] };
});

/** A namespace's name, or the id its ARN ends with. Names can not be looked up: there is no Cloud Map to ask. */
function namespaceOf({ region, accountId }: Scope, text: string | undefined): string {
  if (!text) throw new Fault('InvalidParameter', 'Namespace can not be blank.');
  if (!text.startsWith('arn:')) return text;
  const [, id] = /^arn:aws[a-z-]*:servicediscovery:([a-z0-9-]+:\d{12}:namespace\/[a-zA-Z0-9-]{1,64})$/.exec(text) ?? [];
  if (id?.startsWith(`${region}:${accountId}:`)) return id;
  throw new Fault('NamespaceNotFound', `The namespace '${text.slice(0, 200)}' was not found.`);
}
