import { FARGATE_PROVIDERS, isFargateProvider } from '#core/capacity/check-strategy.ts';
import type { CapacityProvider } from '#core/model/capacity-provider.ts';
import type { Dependencies } from '../dependencies.ts';
import { capacityProvidersPartition } from '../keys.ts';
import { capacityProviders, readAll, readMany } from '../records.ts';

/** One of Fargate's has nothing but its name. */
export type ProviderView =
  | { readonly kind: 'fargate'; readonly name: string }
  | { readonly kind: 'auto-scaling-group'; readonly name: string; readonly provider: CapacityProvider };

/** Providers of any status in the order asked for; undefined where there is none. */
export async function describeCapacityProviders(
  { store }: Pick<Dependencies, 'store'>,
  names: readonly string[],
): Promise<readonly (ProviderView | undefined)[]> {
  const found = await readMany(store, capacityProviders, names);
  return names.map((name, position): ProviderView | undefined => {
    if (isFargateProvider(name)) return { kind: 'fargate', name };
    const provider = found[position]?.value;
    return provider && { kind: 'auto-scaling-group', name, provider };
  });
}

/** Names of the active providers, Fargate's first; there are few, so all are read to show some. */
export async function listCapacityProviders(
  { store }: Pick<Dependencies, 'store'>,
  page: { readonly after?: string; readonly limit: number },
): Promise<{ readonly names: readonly string[]; readonly next?: string }> {
  const own = await readAll(store, capacityProviders, { pk: capacityProvidersPartition });
  const names = [
    ...FARGATE_PROVIDERS,
    ...own.filter(({ value }) => value.status === 'ACTIVE').map(({ value }) => value.name),
  ];
  return pageOf(names, page);
}

function pageOf(
  names: readonly string[],
  { after, limit }: { readonly after?: string; readonly limit: number },
): { readonly names: readonly string[]; readonly next?: string } {
  const rank = (name: string): string => (isFargateProvider(name) ? `0${name}` : `1${name}`);
  const left = names.filter((name) => after === undefined || rank(name) > rank(after));
  const shown = left.slice(0, limit);
  const last = shown.at(-1);
  return left.length > shown.length && last !== undefined ? { names: shown, next: last } : { names: shown };
}
