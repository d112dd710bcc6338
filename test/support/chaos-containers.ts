import Docker from 'dockerode';

/** One container of the engine with Berth's labels. */
export interface EngineContainer {
  readonly id: string;
  readonly taskId: string;
  readonly epoch: number;
  readonly state: string;
}

const docker = new Docker();

/**
 * The engine's own word on a service's containers, in any state.
 * The engine is shared, so the service's name must be unique.
 */
export async function serviceContainers(service: string): Promise<readonly EngineContainer[]> {
  const listed = await docker.listContainers({
    all: true,
    filters: { label: [`berth.group=service:${service}`, 'berth.task'] },
  });
  return listed.map(({ Id, Labels, State }) => ({
    id: Id,
    taskId: Labels['berth.task'] ?? '',
    epoch: Number(Labels['berth.epoch']),
    state: State,
  }));
}

export const runningContainers = async (service: string): Promise<readonly EngineContainer[]> =>
  (await serviceContainers(service)).filter(({ state }) => state === 'running');

/** `docker kill`. */
export const killContainer = (id: string): Promise<void> => docker.getContainer(id).kill();

/** `docker rm -f`. */
export const removeContainer = (id: string): Promise<void> => docker.getContainer(id).remove({ force: true });
