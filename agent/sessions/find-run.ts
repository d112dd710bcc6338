import type { ClaimResponse } from '#events/session-wire.ts';
import { containerName } from '../runtime/labels.ts';
import type { ContainerRuntime } from '../runtime/port.ts';

/**
 * Name of what runs a container of a task now, or ran it before. A pod's container has a name for each run, and the one
 * before stays for a while; any other has one name. Throws in kubectl's words when there was no run before.
 */
export async function findRun(
  runtime: ContainerRuntime,
  { taskId, epoch, container }: Pick<ClaimResponse, 'taskId' | 'epoch' | 'container'>,
  previous = false,
): Promise<string> {
  const found = (await runtime.list()).filter(
    ({ labels }) => labels.task === taskId && labels.epoch === epoch && labels.container === container,
  );
  const runs = found.map(({ labels }) => labels.pod?.run ?? 0).sort((one, other) => other - one);
  const [newest = 0] = runs;
  const run = previous ? runs[1] : newest;
  if (run === undefined) throw new Error(`previous terminated container "${container}" not found`);
  return containerName(taskId, epoch, container, run);
}
