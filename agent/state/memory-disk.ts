import type { AgentDisk, AgentIdentity, TaskBook } from './agent-disk.ts';

/** A disk without a machine under it, for benchmarks and tests. What is saved is copied, as a file would be. */
export function memoryDisk(): AgentDisk {
  let identity: string | undefined;
  let book: string | undefined;
  return {
    loadIdentity: async () => (identity === undefined ? undefined : (JSON.parse(identity) as AgentIdentity)),
    saveIdentity: async (value) => {
      identity = JSON.stringify(value);
    },
    loadBook: async () => (book === undefined ? undefined : (JSON.parse(book) as TaskBook)),
    saveBook: async (value) => {
      book = JSON.stringify(value);
    },
  };
}
