import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentDisk, AgentIdentity, TaskBook } from './agent-disk.ts';
import { readCheckedFile, writeCheckedFile } from './checked-file.ts';

/**
 * The agent's state under its data directory, which only the owner may enter.
 * identity.json changes at registrations only, so damage to the often written tasks.json never costs the identity.
 */
export async function fileDisk(dataDir: string): Promise<AgentDisk> {
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  const identityPath = join(dataDir, 'identity.json');
  const bookPath = join(dataDir, 'tasks.json');
  return {
    loadIdentity: async () => (await readCheckedFile(identityPath)) as AgentIdentity | undefined,
    saveIdentity: (identity) => writeCheckedFile(identityPath, identity),
    loadBook: async () => (await readCheckedFile(bookPath)) as TaskBook | undefined,
    saveBook: (book) => writeCheckedFile(bookPath, book),
  };
}
