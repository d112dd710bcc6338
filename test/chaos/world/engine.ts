import Docker from 'dockerode';

/** The label that every container of one run carries, because its container definition has that name. */
const RUN_LABEL = 'berth.container';
export const ENGINE_SOCKET = '/var/run/docker.sock';

export interface EngineContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly isRunning: boolean;
}

const docker = new Docker({ socketPath: ENGINE_SOCKET });

/** The engine's own word on every container of one run, in any state. */
export async function engineContainers(container: string): Promise<readonly EngineContainer[]> {
  const filters = { label: [`${RUN_LABEL}=${container}`] };
  const listed = await docker.listContainers({ all: true, filters });
  return listed.map(({ Id, Names, Labels, State }) => ({
    id: Id,
    name: (Names[0] ?? '').replace(/^\//, ''),
    labels: Labels,
    isRunning: State === 'running' || State === 'paused',
  }));
}

/** `docker kill`; a container that is over meanwhile is as dead. */
export const killContainer = (id: string): Promise<void> => docker.getContainer(id).kill().catch(unlessThere);

/** `docker rm -f`. */
export const removeContainer = (id: string): Promise<void> =>
  docker.getContainer(id).remove({ force: true, v: true }).catch(unlessThere);

function unlessThere(error: { readonly statusCode?: number }): void {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error;
}
