import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentOptions } from './agent-options.ts';
import { type AgentLog, messageOf, type Timers } from './ports.ts';
import { dockerRuntime, reachableDocker } from './runtime/docker/docker-runtime.ts';
import type { RuntimeFactory } from './runtime/port.ts';
import { processRuntime } from './runtime/process/process-runtime.ts';
import { SimulatedMachine } from './runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from './runtime/simulated/simulated-runtime.ts';

export interface RuntimeChoice {
  readonly timers: Timers;
  readonly log: AgentLog;
  readonly machineMemory: number;
  readonly path: string;
  /** Where this machine is reached. */
  readonly address: string;
}

/** The runtime the operator asked for; throws when that is Docker and no engine answers. */
export async function chooseRuntime(options: AgentOptions, choice: RuntimeChoice): Promise<RuntimeFactory> {
  const { timers, log } = choice;
  if (options.runtime === 'simulated') return simulatedRuntime(await durableMachine(options.dataDir, choice), timers);
  if (options.runtime !== 'process') {
    const docker = await reachableDocker();
    if (docker) return dockerRuntime({ docker, timers, log, machineMemory: choice.machineMemory });
    if (options.runtime === 'docker') throw new Error('no Docker engine answers on DOCKER_HOST or the default socket');
    log.warn('no Docker engine answers: tasks run as plain processes, without image or isolation');
  }
  return processRuntime({
    root: join(options.dataDir, 'processes'),
    timers,
    log,
    path: choice.path,
    address: choice.address,
  });
}

/** A simulated machine that a restarted agent finds as it was. */
async function durableMachine(dataDir: string, { timers, log }: RuntimeChoice): Promise<SimulatedMachine> {
  const path = join(dataDir, 'simulated.json');
  let writing: Promise<void> = Promise.resolve();
  const onSnapshot = (text: string): void => {
    writing = writing
      .then(() => writeFile(`${path}.new`, text))
      .then(() => rename(`${path}.new`, path))
      .catch((error: unknown) => log.warn('cannot keep the simulated machine', { error: messageOf(error) }));
  };
  const restored = await readFile(path, 'utf8').catch(() => undefined);
  return new SimulatedMachine(timers, { onSnapshot, ...(restored === undefined ? {} : { restored }) });
}
