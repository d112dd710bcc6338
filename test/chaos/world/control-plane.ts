import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { findStack, type StackAddress } from '#cli/stack-address.ts';
import { Subprocess } from './subprocess.ts';
import { Trouble } from './trouble.ts';

export interface ControlPlaneOptions {
  readonly root: string;
  readonly port: number;
  readonly timeScale: number;
  readonly onUnexpectedEnd: (story: string) => void;
}

/** The control plane: a process without agents of its own, its state in a file. */
export class ControlPlane {
  readonly process: Subprocess;
  readonly dataDir: string;
  readonly port: number;
  /** Times when it could not serve. */
  readonly outages = new Trouble();
  /** Times when its clock was wrong. */
  readonly wrongTimes = new Trouble();

  constructor({ root, port, timeScale, onUnexpectedEnd }: ControlPlaneOptions) {
    this.port = port;
    this.dataDir = path.join(root, 'control-plane');
    mkdirSync(this.dataDir, { recursive: true });
    const args = ['up', '--agents', '0', '--runtime', 'process', '--port', String(port), '--data-dir', this.dataDir];
    this.process = new Subprocess({
      name: 'control-plane',
      args: [...args, '--time-scale', String(timeScale)],
      directory: root,
      onUnexpectedEnd,
    });
  }

  /** Where it answers and the keys that open it, once it has said so. */
  async address(withinMs: number): Promise<StackAddress> {
    for (let waited = 0; ; waited += 50) {
      try {
        return findStack(this.dataDir, {});
      } catch (error) {
        if (waited >= withinMs) throw error;
        await pause(50);
      }
    }
  }
}
