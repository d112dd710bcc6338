import type { LifecycleHandler } from '#core/model/pod.ts';
import { messageOf, sleep, type Timers } from '../../ports.ts';
import type { ContainerRuntime } from '../../runtime/port.ts';

export interface HookWorld {
  readonly runtime: Pick<ContainerRuntime, 'exec' | 'ask'>;
  readonly timers: Timers;
}

/** Runs a hook of one container to its end, or to the end of its time. Undefined: it ended well; else what went wrong. */
export async function runHook(
  { runtime, timers }: HookWorld,
  name: string,
  hook: LifecycleHandler,
  timeoutMs: number,
): Promise<string | undefined> {
  try {
    if (hook.kind === 'sleep') {
      await sleep(timers, Math.min(hook.seconds * 1_000, timeoutMs));
      return undefined;
    }
    if (hook.kind !== 'exec') {
      const { passed, detail } = await runtime.ask(name, hook, timeoutMs);
      return passed ? undefined : `failed: ${detail}`;
    }
    const outcome = await runtime.exec(name, hook.command, timeoutMs);
    if (outcome.kind === 'timeout') return 'did not end in time';
    return outcome.exitCode === 0 ? undefined : `exited with ${outcome.exitCode}`;
  } catch (error) {
    return `could not be run: ${messageOf(error)}`;
  }
}
