import { randomUUID } from 'node:crypto';
import type { AgentOptions } from '#agent/agent-options.ts';
import { newAgentKey } from '#agent/client/agent-key.ts';
import { httpControlPlane } from '#agent/client/http-control-plane.ts';
import { keepAliveExchange } from '#agent/client/http-exchange.ts';
import { nodeClock, nodeTimers } from '#agent/node-clock.ts';
import { machineFacts } from '#agent/node-facts.ts';
import type { AgentLog } from '#agent/ports.ts';
import { type RunningAgent, runAgent } from '#agent/run-agent.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import { memoryDisk } from '#agent/state/memory-disk.ts';
import { timingsAt } from '#core/timings.ts';
import { optionsOfChild, serveParent } from './lib/serve-parent.ts';

/** A fleet in one process: real agents, simulated containers, one pool of connections. */
export interface FleetOptions {
  readonly endpoint: string;
  readonly joinToken: string;
  readonly agents: number;
  /** CPU units and MiB of each agent. */
  readonly cpu: number;
  readonly memory: number;
}

/** Registrations under way at once while the fleet starts. */
const STARTING = 25;
const POLL_MS = 20;

const { endpoint, joinToken, agents: count, cpu, memory } = optionsOfChild<FleetOptions>();
const exchange = keepAliveExchange();
const agents: RunningAgent[] = [];

/** A thousand agents say the same thing a thousand times; the first one's words are enough. */
const heard = new Map<string, number>();
const complain = (message: string, fields?: unknown): void => {
  const times = (heard.get(message) ?? 0) + 1;
  heard.set(message, times);
  if (times === 1) process.stderr.write(`fleet: ${message} ${JSON.stringify(fields ?? {})}\n`);
};
const log: AgentLog = { info: () => undefined, warn: complain, error: complain };

async function start(position: number): Promise<void> {
  const options: AgentOptions = {
    endpoint,
    cluster: 'default',
    joinToken,
    dataDir: '',
    runtime: 'simulated',
    cpu,
    memory,
    hostname: `machine-${position}`,
    attributes: {},
    timeScale: 1,
  };
  const agent = await runAgent(options, {
    clock: nodeClock,
    timers: nodeTimers,
    log,
    random: Math.random,
    timings: timingsAt(),
    controlPlane: httpControlPlane(endpoint, exchange, nodeClock),
    disk: memoryDisk(),
    runtime: simulatedRuntime(new SimulatedMachine(nodeTimers), nodeTimers),
    newKey: newAgentKey,
    newAttempt: randomUUID,
    facts: machineFacts(options, 'simulated'),
  });
  agents.push(agent);
  // A first answer with a sequence follows the first full sync, so the instance can be given tasks.
  while ((agent.status()?.seen ?? 0) === 0) await new Promise((resolve) => setTimeout(resolve, POLL_MS));
}

const positions = Array.from({ length: count }, (_, position) => position);
await Promise.all(
  Array.from({ length: STARTING }, async () => {
    for (let next = positions.shift(); next !== undefined; next = positions.shift()) await start(next);
  }),
);
serveParent({ agents: agents.length }, async () => {
  await Promise.all(agents.map((agent) => agent.stop()));
  exchange.close();
  for (const [message, times] of heard) process.stderr.write(`fleet: ${message}, ${times} times in all\n`);
});
