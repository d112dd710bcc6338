import { SLOTS_PER_CHUNK, type SlotChunk, type SlotPhase, type SlotRecord } from '../model/service.ts';

/** A slot together with the deployment it belongs to. */
export interface PlacedSlot extends SlotRecord {
  readonly deployment: string;
}

/** A task the service wants RUNNING, whether or not it got there. */
export const isWanted = (slot: Pick<SlotRecord, 'phase'>): boolean =>
  slot.phase === 'started' || slot.phase === 'running';

/**
 * When a task that runs began to be healthy, or will be as far as anybody knows: its health check says so, and without
 * one it counts as healthy once it has run for a while, as on ECS. Undefined when only its check can tell.
 */
export function healthyFrom({ phase, runningSince = 0, health }: SlotRecord, healthyAfter: number): number | undefined {
  if (phase !== 'running') return undefined;
  if (!health) return runningSince + healthyAfter;
  return health.status === 'HEALTHY' ? health.at : undefined;
}

export const isHealthy = (slot: SlotRecord, healthyAfter: number, now: number): boolean =>
  (healthyFrom(slot, healthyAfter) ?? Number.POSITIVE_INFINITY) <= now;

/** Tasks whose agent may know better than their slot: those on their way, and those that are not known to be healthy. */
export const isInFlux = ({ phase, health }: SlotRecord): boolean =>
  phase === 'started' || (phase === 'running' && health !== undefined && health.status !== 'HEALTHY');

/** Its owner asked that it be left alone for a while: task scale-in protection. */
export const isTaskProtected = ({ protectedUntil = 0 }: SlotRecord, now: number): boolean => protectedUntil > now;

export const chunkOf = (index: number): number => Math.floor(index / SLOTS_PER_CHUNK);

export const slotsOf = (chunks: readonly SlotChunk[]): readonly PlacedSlot[] =>
  chunks.flatMap((chunk) => chunk.slots.map((slot) => ({ ...slot, deployment: chunk.deployment })));

export const countPhase = (slots: readonly SlotRecord[], phase: SlotPhase): number =>
  slots.filter((slot) => slot.phase === phase).length;

/** The chunk with one slot replaced or added; slots stay in order of index. */
export function withSlot(chunk: SlotChunk, slot: SlotRecord): SlotChunk {
  const others = chunk.slots.filter(({ index }) => index !== slot.index);
  return { ...chunk, slots: [...others, slot].sort((a, b) => a.index - b.index) };
}

export const findSlot = (chunk: SlotChunk, index: number): SlotRecord | undefined =>
  chunk.slots.find((slot) => slot.index === index);
