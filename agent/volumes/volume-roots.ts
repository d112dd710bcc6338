import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AgentLog, messageOf } from '../ports.ts';
import type { VolumeRoots } from './directory-volumes.ts';

/** A file system in memory that Linux machines have. */
const SHARED_MEMORY = '/dev/shm';

/** The directories for an agent's volumes, which only it may enter; made when they are missing. */
export async function volumeRoots(dataDir: string, log: AgentLog): Promise<VolumeRoots> {
  const disk = join(dataDir, 'pods');
  await mkdir(disk, { recursive: true, mode: 0o700 });
  await chmod(disk, 0o700);
  try {
    return { disk, memory: await privateDirectory(join(SHARED_MEMORY, nameFor(dataDir))) };
  } catch (error) {
    log.warn('no file system in memory: such volumes of pods are on disk', { error: messageOf(error) });
    return { disk, memory: undefined };
  }
}

const nameFor = (dataDir: string): string => `berth-${createHash('sha256').update(dataDir).digest('hex').slice(0, 16)}`;

/** Where everybody may write, somebody else may have been first: then it is not ours. */
async function privateDirectory(path: string): Promise<string> {
  await mkdir(path, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  const found = await lstat(path);
  const isOurs = found.isDirectory() && found.uid === process.getuid?.() && (found.mode & 0o077) === 0;
  if (!isOurs) throw new Error(`${path} belongs to somebody else`);
  return path;
}
