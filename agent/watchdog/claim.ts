import { rm } from 'node:fs/promises';
import { asProcessIdentity, type ProcessIdentity, stateOf } from '../process-stat.ts';
import { readCheckedFile, replaceCheckedFile } from '../state/checked-file.ts';

/** Says which process is the watchdog of a data directory. */
export interface Claim {
  /** Takes the claim, or keeps it; false when another process that runs has it. */
  hold(): Promise<boolean>;
  release(): Promise<void>;
}

/** The watchdog that holds the claim now; undefined when none does, or it stands still and could not act. */
export async function claimHolder(path: string): Promise<ProcessIdentity | undefined> {
  const holder = asProcessIdentity(await readCheckedFile(path));
  return holder && (await stateOf(holder)) === 'running' ? holder : undefined;
}

/**
 * A claim in a file. One whose process is gone is taken over; when two take it at once the later writer has it, and the
 * other notices the next time it holds. A directory that is gone can be claimed by nobody, and nobody is in the way.
 */
export function fileClaim(path: string, self: ProcessIdentity): Claim {
  const isOwn = (holder: ProcessIdentity): boolean => holder.pid === self.pid && holder.startTime === self.startTime;
  return {
    hold: async () => {
      const holder = await claimHolder(path);
      if (holder) return isOwn(holder);
      await replaceCheckedFile(path, self).catch(unlessGone);
      return true;
    },
    release: async () => {
      const holder = await claimHolder(path);
      if (holder && isOwn(holder)) await rm(path, { force: true });
    },
  };
}

function unlessGone(error: NodeJS.ErrnoException): void {
  if (error.code !== 'ENOENT') throw error;
}
