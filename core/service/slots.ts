import { SLOTS_PER_CHUNK, type SlotChunk, type SlotPhase, type SlotRecord } from '../model/service.ts';

/** A slot together with the deployment it belongs to. */
export interface PlacedSlot extends SlotRecord {
  readonly deployment: string;
}

/** A task the service wants RUNNING, whether or not it got there. */
export const isWanted = (slot: Pick<SlotRecord, 'phase'>): boolean =>
  slot.phase === 'started' || slot.phase === 'running';

/** Nothing checks its health yet, so a task counts as healthy once it has run for a while, as on ECS. */
export const isHealthy = ({ phase, runningSince }: SlotRecord, healthyAfter: number, now: number): boolean =>
  phase === 'running' && (runningSince ?? 0) + healthyAfter <= now;

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
