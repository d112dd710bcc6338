import { readFile } from 'node:fs/promises';
import { ownIdentity } from '../process-stat.ts';
import { readCheckedFile, replaceCheckedFile } from '../state/checked-file.ts';
import { asDeadline, type Deadline } from './deadline.ts';

/** Where the agent keeps the deadline in force, for the watchdog and for its own next life. */
export interface DeadlineStore {
  /** Undefined when there is none, or none of this boot. */
  load(): Promise<number | undefined>;
  /** Visible to every process of the machine when it resolves. */
  save(at: number, owners: readonly string[]): Promise<void>;
}

/** Undefined where the machine cannot tell its boots apart. */
export const readBoot = async (): Promise<string | undefined> =>
  (await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => undefined))?.trim();

/** Undefined when the file is missing, damaged or cannot be read: to the watchdog these are the same. */
export const readDeadline = async (path: string): Promise<Deadline | undefined> =>
  asDeadline(await readCheckedFile(path).catch(() => undefined));

export async function deadlineFile(path: string, boot: string): Promise<DeadlineStore> {
  const agent = await ownIdentity();
  return {
    load: async () => {
      const deadline = await readDeadline(path);
      return deadline?.boot === boot ? deadline.at : undefined;
    },
    save: (at, owners) => replaceCheckedFile(path, { boot, at, owners, agent } satisfies Deadline),
  };
}
