import { randomUUID } from 'node:crypto';
import { timingsAt } from '#core/timings.ts';
import type { AgentOptions } from './agent-options.ts';
import { chooseRuntime } from './choose-runtime.ts';
import { newAgentKey } from './client/agent-key.ts';
import { httpControlPlane } from './client/http-control-plane.ts';
import { type HttpExchange, keepAliveExchange } from './client/http-exchange.ts';
import type { FencePorts } from './fence.ts';
import { nodeClock, nodeTimers } from './node-clock.ts';
import { machineAddress, machineFacts } from './node-facts.ts';
import { type AgentDeps, type RunningAgent, runAgent } from './run-agent.ts';
import type { RuntimeKind } from './runtime/port.ts';
import { fileDisk } from './state/file-disk.ts';
import { stderrLog } from './stderr-log.ts';
import { directoryVolumes } from './volumes/directory-volumes.ts';
import { volumeRoots } from './volumes/volume-roots.ts';
import { deadlineFile, readBoot } from './watchdog/deadline-file.ts';
import { keepWatchdog } from './watchdog/keep-watchdog.ts';
import { watchdogFiles } from './watchdog/watchdog-files.ts';

/** An agent's dependencies on this machine. Agents of one process may share an exchange and its connections. */
export async function nodeAgentDeps(
  options: AgentOptions,
  exchange: HttpExchange = keepAliveExchange(),
): Promise<AgentDeps> {
  const log = stderrLog();
  const disk = await fileDisk(options.dataDir);
  const { memory: machineMemory } = machineFacts(options, 'docker');
  const path = process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
  const runtime = await chooseRuntime(options, {
    timers: nodeTimers,
    log,
    machineMemory,
    path,
    address: machineAddress(),
  });
  const controlPlane = httpControlPlane(options.endpoint, exchange, nodeClock);
  const fence = await fencePorts(options, runtime.kind);
  return {
    clock: nodeClock,
    timers: nodeTimers,
    log,
    random: Math.random,
    timings: timingsAt(options.timeScale),
    controlPlane,
    sessions: controlPlane,
    disk,
    runtime,
    volumes: directoryVolumes(await volumeRoots(options.dataDir, log), log),
    ...(fence ? { fence } : {}),
    newKey: newAgentKey,
    newAttempt: randomUUID,
    facts: machineFacts(options, runtime.kind),
  };
}

/**
 * What guards fenced tasks here; nothing on systems that do not tell one boot from the next.
 * Simulated containers live in this very process: they end with it, and need no other to watch over them.
 */
async function fencePorts({ dataDir, timeScale }: AgentOptions, runtime: RuntimeKind): Promise<FencePorts | undefined> {
  const boot = await readBoot();
  if (boot === undefined) return undefined;
  const watchdog =
    runtime === 'simulated'
      ? { ensure: async () => undefined }
      : keepWatchdog({ dataDir, runtime, timeScale }, nodeTimers);
  return { deadlines: await deadlineFile(watchdogFiles(dataDir).deadline, boot), watchdog };
}

/** Starts an agent with this machine's real dependencies, inside whatever process this is. */
export async function startAgent(options: AgentOptions, exchange?: HttpExchange): Promise<RunningAgent> {
  return runAgent(options, await nodeAgentDeps(options, exchange));
}

/** The agent as a program: runs until SIGTERM or SIGINT (exit code 0) or until it is turned away (1). */
export async function agentMain(options: AgentOptions): Promise<number> {
  const exchange = keepAliveExchange();
  const agent = await startAgent(options, exchange);
  const stop = (): void => void agent.stop();
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  try {
    return await agent.done;
  } finally {
    process.off('SIGTERM', stop);
    process.off('SIGINT', stop);
    exchange.close();
  }
}
