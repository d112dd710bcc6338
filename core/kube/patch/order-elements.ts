import type { Json } from '../../json.ts';

/**
 * Brings a merged list into the order asked for; `idOf` tells elements apart. Elements that `order` does not name (somebody
 * else's) keep their place relative to what stood before them.
 */
export function orderElements(
  merged: readonly Json[],
  order: readonly Json[],
  before: readonly Json[],
  idOf: (element: Json) => Json | undefined,
): readonly Json[] {
  const wanted = new Map(order.map((element, index) => [idOf(element), index]));
  const stood = new Map(before.map((element, index) => [idOf(element), index]));
  const named = merged
    .filter((element) => wanted.has(idOf(element)))
    .sort((a, b) => (wanted.get(idOf(a)) ?? 0) - (wanted.get(idOf(b)) ?? 0));
  const others = merged.filter((element) => !wanted.has(idOf(element)));
  const ordered: Json[] = [];
  let next = 0;
  for (const other of others) {
    const place = stood.get(idOf(other)) ?? Number.POSITIVE_INFINITY;
    // A named element that stood nowhere before goes ahead of the strangers, as Kubernetes does it.
    while (next < named.length && (stood.get(idOf(named[next] ?? null)) ?? -1) < place) {
      ordered.push(named[next] ?? null);
      next += 1;
    }
    ordered.push(other);
  }
  return [...ordered, ...named.slice(next)];
}
