import { createLog } from '#adapters/log.ts';
import { startStack } from '#local/stack.ts';
import { optionsOfChild, serveParent } from './lib/serve-parent.ts';

/** How a benchmark wants its stack. */
export interface ControlPlaneOptions {
  readonly dataDir: string;
  readonly agents: number;
  readonly runtime: 'docker' | 'simulated';
}

/** What a client needs to reach it. */
export interface ControlPlaneReady {
  readonly endpoint: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

const options = optionsOfChild<ControlPlaneOptions>();
const stack = await startStack({ ...options, port: 0, log: createLog('berth', 'WARN') });
const { endpoint, accessKeyId, secretAccessKey } = stack;
serveParent({ endpoint, accessKeyId, secretAccessKey } satisfies ControlPlaneReady, () => stack.stop());
