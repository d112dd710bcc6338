import { fileURLToPath } from 'node:url';
import type { Resources } from '#core/model/resources.ts';

export interface Command {
  readonly file: string;
  readonly args: readonly string[];
}

export interface AgentArguments {
  readonly endpoint: string;
  readonly cluster: string;
  readonly machineId: string;
  readonly capacityProvider?: string;
  readonly stateDir: string;
  readonly runtime: 'docker' | 'process' | 'simulated';
  readonly size: Resources;
  readonly timeScale: number;
}

/** Not cli/bin.mjs: that starts a second process, and the pid remembered must be the agent's own. */
const BERTH = fileURLToPath(new URL('../../cli/main.ts', import.meta.url));

/** The command line that runs one agent; it holds no secret. */
export const agentCommand = (agent: AgentArguments): Command => ({
  file: process.execPath,
  args: [
    '--disable-warning=ExperimentalWarning',
    BERTH,
    'agent',
    ...['--endpoint', agent.endpoint],
    ...['--cluster', agent.cluster],
    ...['--machine-id', agent.machineId],
    ...(agent.capacityProvider === undefined ? [] : ['--capacity-provider', agent.capacityProvider]),
    ...['--data-dir', agent.stateDir],
    ...['--runtime', agent.runtime],
    ...['--cpu', String(agent.size.cpu)],
    ...['--memory', String(agent.size.memory)],
    ...['--time-scale', String(agent.timeScale)],
  ],
});
