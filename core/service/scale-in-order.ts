import { assertNever } from '../assert-never.ts';
import type { PlacementStrategy } from '../model/placement.ts';
import type { Resources } from '../model/resources.ts';
import { serviceStrategies, spreadAttribute } from '../placement/strategies.ts';
import { slotName } from './service-snapshot.ts';
import type { Site, SitedTask, Sites } from './sites.ts';
import type { PlacedSlot } from './slots.ts';

/** Slots of one size on one machine: nothing but their age tells them apart. */
interface Pile {
  readonly at?: SitedTask;
  /** The one to stop first is last. */
  readonly slots: PlacedSlot[];
}

/** A number one strategy wants to be large. */
type Score = (at: SitedTask) => number;

/**
 * In which order the tasks of a service stop: the mirror of placement. Spread takes from where most of the service's
 * tasks are, binpack from the machine that is left with most room, and each strategy chooses among what the one before
 * it left. Tasks no strategy tells apart stop newest slot first, and so do all when nobody knows where they are.
 */
export class ScaleInOrder {
  readonly #tasks: ReadonlyMap<string, SitedTask>;
  readonly #scores: readonly Score[];
  /** Tasks of the service that stay so far, by machine, and by attribute and value. */
  readonly #onSite = new Map<string, number>();
  readonly #beside = new Map<string, Map<string, number>>();
  readonly #free = new Map<string, Resources>();

  /** `wanted` are all tasks of the service that are to run now, whether or not they may stop. */
  constructor(wanted: readonly PlacedSlot[], strategy: readonly PlacementStrategy[], sites: Sites | undefined) {
    this.#tasks = sites?.tasks ?? new Map();
    this.#scores = this.#scoresOf(serviceStrategies(strategy));
    for (const slot of wanted) {
      const at = this.#tasks.get(slotName(slot));
      if (at) this.#count(at.site, 1);
      if (at) this.#free.set(at.site.instanceId, at.site.free);
    }
  }

  /** The first `count` of the candidates to stop; the order goes on from there at the next call. */
  take(candidates: readonly PlacedSlot[], count: number): readonly PlacedSlot[] {
    const piles = this.#pilesOf(candidates);
    const taken: PlacedSlot[] = [];
    while (taken.length < count) {
      const pile = this.#best(piles);
      const slot = pile?.slots.pop();
      if (!pile || !slot) break;
      if (pile.at) this.#leave(pile.at);
      if (pile.slots.length === 0) piles.delete(pile);
      taken.push(slot);
    }
    return taken;
  }

  #pilesOf(candidates: readonly PlacedSlot[]): Set<Pile> {
    const piles = new Map<string, Pile>();
    for (const slot of [...candidates].sort(oldestFirst)) {
      const at = this.#tasks.get(slotName(slot));
      const name = at ? `${at.site.instanceId}/${at.share.cpu}/${at.share.memory}` : '';
      const pile = piles.get(name) ?? { ...(at ? { at } : {}), slots: [] };
      pile.slots.push(slot);
      piles.set(name, pile);
    }
    return new Set(piles.values());
  }

  #best(piles: ReadonlySet<Pile>): Pile | undefined {
    let best: Pile | undefined;
    for (const pile of piles) if (!best || this.#isBefore(pile, best)) best = pile;
    return best;
  }

  #isBefore(pile: Pile, other: Pile): boolean {
    // A task no machine is known to hold weighs on no machine: it goes first, and costs the balance nothing.
    if (!pile.at || !other.at) return !pile.at && other.at !== undefined;
    for (const score of this.#scores) {
      const difference = score(pile.at) - score(other.at);
      if (difference !== 0) return difference > 0;
    }
    const [newest, otherNewest] = [pile.slots.at(-1), other.slots.at(-1)];
    return newest !== undefined && otherNewest !== undefined && oldestFirst(newest, otherNewest) > 0;
  }

  #leave({ site, share }: SitedTask): void {
    this.#count(site, -1);
    const { cpu, memory } = this.#free.get(site.instanceId) ?? site.free;
    this.#free.set(site.instanceId, { cpu: cpu + share.cpu, memory: memory + share.memory });
  }

  #count({ instanceId, attributes }: Site, by: number): void {
    this.#onSite.set(instanceId, (this.#onSite.get(instanceId) ?? 0) + by);
    for (const [attribute, counts] of this.#beside) {
      const value = attributes[attribute] ?? '';
      counts.set(value, (counts.get(value) ?? 0) + by);
    }
  }

  #scoresOf(strategies: readonly PlacementStrategy[]): readonly Score[] {
    const end = strategies.findIndex(({ type }) => type === 'random');
    return (end < 0 ? strategies : strategies.slice(0, end)).map((strategy) => this.#scoreOf(strategy));
  }

  #scoreOf({ type, field = '' }: PlacementStrategy): Score {
    switch (type) {
      case 'spread': {
        const attribute = spreadAttribute(field);
        if (attribute === undefined) return ({ site }) => this.#onSite.get(site.instanceId) ?? 0;
        const counts = this.#beside.get(attribute) ?? new Map<string, number>();
        this.#beside.set(attribute, counts);
        return ({ site }) => counts.get(site.attributes[attribute] ?? '') ?? 0;
      }
      case 'binpack': {
        const resource = field.toLowerCase() === 'memory' ? 'memory' : 'cpu';
        return ({ site, share }) => (this.#free.get(site.instanceId) ?? site.free)[resource] + share[resource];
      }
      case 'random':
        return () => 0;
      default:
        return assertNever(type);
    }
  }
}

const oldestFirst = (a: PlacedSlot, b: PlacedSlot): number =>
  a.index - b.index || (a.deployment < b.deployment ? -1 : 1);
