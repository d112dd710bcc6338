import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Fault } from '#core/fault.ts';
import type { Resources } from '#core/model/resources.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** What `machine.json` holds: the machine's shape, whose it is, and its newest agent process. */
export interface MachineRecord {
  readonly size: Resources;
  readonly capacityProvider?: string;
  /** Absent until the first one was started. */
  readonly agent?: ProcessIdentity;
  /** Where that process looks for the control plane. */
  readonly endpoint: string;
}

/** One directory per machine under `<dataDir>/agents`; it is the only memory this provider has. */
export interface MachineDirectories {
  ids(): readonly string[];
  read(machineId: string): MachineRecord | undefined;
  write(machineId: string, record: MachineRecord): void;
  remove(machineId: string): Promise<void>;
  /** Makes the machine's directory when it is missing. */
  make(machineId: string): { readonly log: string; readonly state: string };
}

const SAFE_ID = /^[A-Za-z0-9_-]{1,64}$/;

export function machineDirectories(dataDir: string): MachineDirectories {
  const root = join(dataDir, 'agents');
  const pathOf = (machineId: string): string => {
    // The id becomes a directory name, so nothing that could leave the root may pass.
    if (!SAFE_ID.test(machineId))
      throw new Fault('InvalidParameter', 'a machine id is 1 to 64 letters, digits, - or _');
    return join(root, machineId);
  };
  const recordPath = (machineId: string): string => join(pathOf(machineId), 'machine.json');
  return {
    ids: () => entries(root).filter((name) => SAFE_ID.test(name)),
    read: (machineId) => {
      const text = textOf(recordPath(machineId));
      return text === undefined ? undefined : (JSON.parse(text) as MachineRecord);
    },
    write: (machineId, record) => {
      // Renamed into place, so that a crash leaves the old record or the new one, never half of one.
      const draft = `${recordPath(machineId)}.new`;
      writeFileSync(draft, JSON.stringify(record), { mode: 0o600 });
      renameSync(draft, recordPath(machineId));
    },
    remove: (machineId) => rm(pathOf(machineId), { recursive: true, force: true, maxRetries: 5 }),
    make: (machineId) => {
      const path = pathOf(machineId);
      const state = join(path, 'state');
      mkdirSync(state, { recursive: true, mode: 0o700 });
      return { log: join(path, 'agent.log'), state };
    },
  };
}

const entries = (directory: string): readonly string[] => unlessMissing(() => readdirSync(directory)) ?? [];
const textOf = (path: string): string | undefined => unlessMissing(() => readFileSync(path, 'utf8'));

function unlessMissing<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
