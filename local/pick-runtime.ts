import { reachableDocker } from '#agent/runtime/docker/docker-runtime.ts';

export type RuntimeChoice = 'auto' | 'docker' | 'process' | 'simulated';

/** `auto` is Docker when an engine answers. Decided once for all agents, so that a stack never mixes runtimes. */
export async function pickRuntime(asked: RuntimeChoice): Promise<Exclude<RuntimeChoice, 'auto'>> {
  if (asked !== 'auto') return asked;
  return (await reachableDocker()) ? 'docker' : 'process';
}
