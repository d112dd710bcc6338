import type { ProcessUsage } from './child.ts';

/** The child's half of child.ts: says that it is ready, tells its usage when asked, ends when told or left alone. */
export function serveParent(ready: unknown, stop: () => Promise<void>): void {
  const end = async (): Promise<void> => {
    await stop();
    process.disconnect?.();
    process.exit(0);
  };
  process.on('message', (message) => {
    if (message === 'usage') process.send?.(usage());
    if (message === 'stop') void end();
  });
  process.once('disconnect', () => void stop().finally(() => process.exit(1)));
  process.send?.(ready);
}

function usage(): ProcessUsage {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return { cpuMs: (userCPUTime + systemCPUTime) / 1_000, peakRssMib: maxRSS / 1_024 };
}

/** What the parent passed. */
export const optionsOfChild = <T>(): T => JSON.parse(process.argv[2] ?? '{}') as T;
