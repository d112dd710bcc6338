import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CapacityPolicy, CapacityProvider, Log, Machine, MachinePool } from '#control/ports.ts';
import { Fault } from '#core/fault.ts';
import { agentCommand, type Command } from './agent-command.ts';
import { agentEnvironment } from './agent-environment.ts';
import { machineDirectories } from './machine-directory.ts';
import { identify, isAlive, type ProcessIdentity, signal } from './process-identity.ts';

export interface AgentProcessesOptions {
  readonly dataDir: string;
  /** Where agents find the control plane; asked at each start, because the port may be chosen late. */
  readonly endpoint: () => string;
  readonly joinToken: string;
  readonly cluster: string;
  readonly policy: CapacityPolicy;
  readonly runtime: 'docker' | 'process' | 'simulated';
  readonly timeScale: number;
  readonly log: Log;
  /** Replaces the command line that starts an agent. */
  readonly command?: (agent: Parameters<typeof agentCommand>[0]) => Command;
}

export interface AgentProcesses extends CapacityProvider {
  /** Takes charge of agents from before: starts again those that died or look for the control plane elsewhere. */
  resume(): Promise<void>;
  /** Stops every agent; machines, and the containers on them, stay. */
  stopAll(): Promise<void>;
}

const STOP_MS = 5_000;
const POLL_MS = 20;
const RESTART_MS = 500;
const RESTART_MAX_MS = 30_000;
/** An agent that lived this long did not end because of how it starts. */
const SETTLED_MS = 60_000;

/**
 * Machines that are agent processes on this host. They outlive the control plane: each has its own session, and
 * is found again by its directory. An agent that dies is started again at once, as a service manager would: the
 * containers it left behind are its to take back.
 */
export function createAgentProcesses(options: AgentProcessesOptions): AgentProcesses {
  const { policy, cluster, log } = options;
  const directories = machineDirectories(options.dataDir);
  const agentOf = (machineId: string): ProcessIdentity | undefined => directories.read(machineId)?.agent;
  const isRunning = (machineId: string): boolean => {
    const agent = agentOf(machineId);
    return agent !== undefined && isAlive(agent);
  };

  // Machines being stopped on purpose: their agent's end is no reason to start it again.
  const stopping = new Set<string>();
  const lives = new Map<string, { readonly startedAt: number; readonly quickEnds: number }>();
  const restart = async (machineId: string): Promise<void> => {
    const life = lives.get(machineId);
    const quickEnds = life && performance.now() - life.startedAt < SETTLED_MS ? life.quickEnds + 1 : 0;
    lives.set(machineId, { startedAt: performance.now(), quickEnds });
    await sleep(Math.min(RESTART_MAX_MS, RESTART_MS * 2 ** quickEnds), undefined, { ref: false });
    if (stopping.has(machineId) || !directories.ids().includes(machineId)) return;
    log.warn('an agent process ended and is started again', { machineId });
    start(machineId);
  };
  const restartLogged = (machineId: string): void =>
    void restart(machineId).catch((error: unknown) => log.error('restart failed', { machineId, error }));

  /** The end of a process that is not our child is not told to us, so it is looked for. */
  const watch = (machineId: string, agent: ProcessIdentity): void => {
    const timer = setInterval(() => {
      if (isAlive(agent)) return;
      clearInterval(timer);
      restartLogged(machineId);
    }, RESTART_MS);
    timer.unref();
  };

  const takeCharge = async (machineId: string): Promise<void> => {
    const record = directories.read(machineId);
    if (!record?.agent || !isAlive(record.agent)) return start(machineId);
    if (record.endpoint === options.endpoint()) return watch(machineId, record.agent);
    await stop(record.agent);
    start(machineId);
  };

  // Nothing here awaits: from the check to the record no second launch of the same machine can come between.
  const start = (machineId: string, pool?: MachinePool): void => {
    if (isRunning(machineId)) return;
    const before = directories.read(machineId);
    const capacityProvider = before ? before.capacityProvider : pool?.capacityProvider;
    const shape = { size: before?.size ?? policy.size, ...(capacityProvider && { capacityProvider }) };
    const { log: logPath, state } = directories.make(machineId);
    // Whose machine it is must be known of one whose first agent could not be started, too.
    if (!before) directories.write(machineId, { ...shape, endpoint: options.endpoint() });
    const { endpoint, joinToken, runtime, timeScale } = options;
    const command = (options.command ?? agentCommand)({
      endpoint: endpoint(),
      cluster,
      machineId,
      stateDir: state,
      runtime,
      ...shape,
      timeScale,
    });
    const agent = startDetached(command, logPath, joinToken, {
      onError: (error) => log.error('an agent process could not be started', { machineId, error }),
      onExit: () => restartLogged(machineId),
    });
    lives.set(machineId, { startedAt: performance.now(), quickEnds: lives.get(machineId)?.quickEnds ?? 0 });
    directories.write(machineId, { ...shape, agent, endpoint: endpoint() });
    log.info('agent started', { machineId, pid: agent.pid });
  };

  return {
    // A provider's machines come when tasks wait for them; what is there before anybody asked is the default pool's.
    policy: (pool) => {
      if (pool.cluster !== cluster) return undefined;
      return pool.capacityProvider === undefined ? policy : { ...policy, min: 0, standby: 0 };
    },
    list: async (pool) => {
      if (pool.cluster !== cluster) return [];
      const own = directories.ids().filter((id) => directories.read(id)?.capacityProvider === pool.capacityProvider);
      return own.map(
        (machineId): Machine => ({
          machineId,
          state: isRunning(machineId) ? 'running' : 'stopped',
        }),
      );
    },
    launch: async (pool, machineId) => {
      if (pool.cluster !== cluster) throw new Fault('Refused', `no machines are made for cluster ${pool.cluster}`);
      start(machineId, pool);
    },
    terminate: async (_pool, machineId) => {
      stopping.add(machineId);
      const agent = agentOf(machineId);
      if (agent) await stop(agent);
      await directories.remove(machineId);
      stopping.delete(machineId);
      lives.delete(machineId);
    },
    resume: async () => {
      await Promise.all(directories.ids().map(takeCharge));
    },
    stopAll: async () => {
      for (const machineId of directories.ids()) stopping.add(machineId);
      const agents = directories.ids().map(agentOf);
      await Promise.all(agents.map((agent) => agent && stop(agent)));
    },
  };
}

/** The join token travels by environment: a command line can be read by every user of the machine. */
function startDetached(
  command: Command,
  logPath: string,
  joinToken: string,
  on: { readonly onError: (error: Error) => void; readonly onExit: () => void },
): ProcessIdentity {
  const output = openSync(logPath, 'a', 0o600);
  try {
    const child = spawn(command.file, command.args, {
      detached: true,
      stdio: ['ignore', output, output],
      env: { ...agentEnvironment(process.env), BERTH_JOIN_TOKEN: joinToken },
    });
    child.on('error', on.onError);
    child.on('exit', on.onExit);
    child.unref();
    if (child.pid === undefined) throw new Fault('Unavailable', `${command.file} could not be started`);
    return identify(child.pid);
  } finally {
    closeSync(output);
  }
}

/** Asks first; an agent that does not go in time is killed. */
async function stop(agent: ProcessIdentity): Promise<void> {
  signal(agent, 'SIGTERM');
  for (let waited = 0; isAlive(agent); waited += POLL_MS) {
    if (waited >= STOP_MS) signal(agent, 'SIGKILL');
    await sleep(POLL_MS);
  }
}
