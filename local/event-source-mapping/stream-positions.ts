import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

/** How far each shard of a stream was handled. */
export interface StreamPositions {
  /** Sequence number of the last handled record; undefined when none was. */
  load(shardId: string): string | undefined;
  save(shardId: string, sequence: string): void;
  /** No shard has a position: the stream was never read. */
  isEmpty(): boolean;
}

const stored = z.object({ streamArn: z.string(), shards: z.record(z.string(), z.string()) });

/** Positions for the life of the process. */
export const positionsInMemory = (known: Iterable<readonly [string, string]> = []): StreamPositions => {
  const shards = new Map(known);
  return {
    load: (shardId) => shards.get(shardId),
    save: (shardId, sequence) => void shards.set(shardId, sequence),
    isEmpty: () => shards.size === 0,
  };
};

/**
 * Positions in a file, so that a restart goes on where it stopped. Those of another stream are forgotten: a table that
 * was made again has another one.
 */
export function positionsInFile(file: string, streamArn: string): StreamPositions {
  const shards = new Map(Object.entries(readShards(file, streamArn)));
  const inMemory = positionsInMemory(shards);
  return {
    ...inMemory,
    save: (shardId, sequence) => {
      inMemory.save(shardId, sequence);
      shards.set(shardId, sequence);
      // A rename is atomic, so a kill leaves the old positions or the new ones, never half of both.
      writeFileSync(`${file}.next`, JSON.stringify({ streamArn, shards: Object.fromEntries(shards) }));
      renameSync(`${file}.next`, file);
    },
  };
}

function readShards(file: string, streamArn: string): Readonly<Record<string, string>> {
  try {
    const found = stored.parse(JSON.parse(readFileSync(file, 'utf8')));
    return found.streamArn === streamArn ? found.shards : {};
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return {};
    throw new Error(`the stream's positions in ${file} cannot be read; remove the file to read the stream again`, {
      cause: error,
    });
  }
}
