/** What a client would like to see a list or an object as. */
export type Form =
  | { readonly kind: 'json' }
  /** Rows and columns, as kubectl prints them (meta/v1 Table). */
  | { readonly kind: 'table' }
  /** Without content (meta/v1 PartialObjectMetadata). */
  | { readonly kind: 'metadata' };

/** The first form of an Accept header that is understood; protobuf is never answered, and JSON always will do. */
export function formOf(accept: string | undefined): Form {
  for (const choice of (accept ?? '').split(',')) {
    const [media = '', ...parameters] = choice.split(';').map((part) => part.trim());
    if (media !== 'application/json') continue;
    if (parameters.includes('as=Table') && parameters.includes('v=v1')) return { kind: 'table' };
    if (parameters.some((part) => part.startsWith('as=PartialObjectMetadata'))) return { kind: 'metadata' };
    if (!parameters.some((part) => part.startsWith('as='))) return { kind: 'json' };
  }
  return { kind: 'json' };
}

/** How a client takes the list of what is served: newer ones everything at once, in one of two versions. */
export type DiscoveryForm = 'v2' | 'v2beta1' | 'plain';

export function discoveryForm(accept: string | undefined): DiscoveryForm {
  const choices = (accept ?? '').split(',').map((choice) => choice.split(';').map((part) => part.trim()));
  const isAsked = (version: string): boolean =>
    choices.some((parts) =>
      ['g=apidiscovery.k8s.io', `v=${version}`, 'as=APIGroupDiscoveryList'].every((part) => parts.includes(part)),
    );
  return (['v2', 'v2beta1'] as const).find(isAsked) ?? 'plain';
}
