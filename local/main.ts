import path from 'node:path';
import { createLog } from '#adapters/log.ts';
import { banner } from './banner.ts';
import { pickRuntime, type RuntimeChoice } from './pick-runtime.ts';
import { startStack } from './stack.ts';

/** What `berth up` was asked for. */
export interface UpOptions {
  readonly port: number;
  readonly kubePort: number | undefined;
  readonly dataDir: string;
  readonly agents: number;
  readonly maxAgents: number;
  readonly standbyAgents: number;
  readonly agentSize: { readonly cpu: number; readonly memory: number } | undefined;
  readonly runtime: RuntimeChoice;
  readonly store: 'sqlite' | 'dynamodb';
  readonly accountId: string;
  readonly region: string;
  readonly timeScale: number;
  readonly stoppedRetentionHours: number;
  readonly eventRetentionHours: number;
  readonly taskEvents: boolean;
  readonly ecsPods: boolean;
  readonly fresh: boolean;
}

/** Runs a stack until SIGINT or SIGTERM and answers the exit code. A second signal ends the process at once. */
export async function upMain(options: UpOptions): Promise<number> {
  const { agentSize, kubePort, ...rest } = options;
  const ending = firstSignal();
  ignoreClosedOutput();
  const runtime = await pickRuntime(options.runtime);
  const stack = await startOrExplain({
    ...rest,
    ...(agentSize && { agentSize }),
    ...(kubePort !== undefined && { kubePort }),
    runtime,
    dataDir: path.resolve(options.dataDir),
    log: createLog('berth', 'WARN'),
  });
  if (!stack) return 1;
  process.stdout.write(banner({ ...stack, region: options.region, runtime, store: options.store }));
  await ending;
  process.stdout.write('stopping; containers keep running\n');
  await stack.stop();
  return 0;
}

/** A start that fails is told in one sentence; the sentence names the fix. */
async function startOrExplain(options: Parameters<typeof startStack>[0]) {
  try {
    return await startStack(options);
  } catch (error) {
    process.stderr.write(`berth: ${error instanceof Error ? error.message : String(error)}\n`);
    return undefined;
  }
}

function firstSignal(): Promise<void> {
  return new Promise((resolve) => {
    const stop = (): void => {
      // Without a handler left, the next signal does what it does to any process.
      process.off('SIGINT', stop).off('SIGTERM', stop);
      resolve();
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
}

/** Whoever read the output may be gone before the stack is (`npm start | head`); it must still end in order. */
function ignoreClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
