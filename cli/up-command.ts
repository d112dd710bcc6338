import { Command } from 'commander';
import { UsageError } from './errors.ts';
import type { Finish } from './finish.ts';
import {
  type MachineSize,
  machineSize,
  matching,
  oneOf,
  positiveNumber,
  someText,
  wholeNumber,
} from './option-values.ts';

const RUNTIMES = ['auto', 'docker', 'process', 'simulated'] as const;
const STORES = ['sqlite', 'dynamodb'] as const;

export interface UpFlags {
  readonly port: number;
  readonly kubePort?: number;
  readonly dataDir: string;
  readonly agents: number;
  readonly maxAgents?: number;
  readonly standbyAgents: number;
  readonly agentSize?: MachineSize;
  readonly runtime: (typeof RUNTIMES)[number];
  readonly store: (typeof STORES)[number];
  readonly accountId: string;
  readonly region: string;
  readonly timeScale: number;
  readonly stoppedRetentionHours: number;
  readonly eventRetentionHours: number;
  readonly taskEvents: boolean;
  readonly ecsPods: boolean;
  readonly fresh: boolean;
}

export const runtimeValue = oneOf('--runtime', RUNTIMES);

export function upCommand(finish: Finish): Command {
  return new Command('up')
    .description('run the control plane and its agents on this machine until Ctrl-C')
    .option(
      '--port <number>',
      'port of the ECS API on 127.0.0.1 (0: any free one)',
      wholeNumber('--port', 0, 65_535),
      8700,
    )
    .option(
      '--kube-port <number>',
      'port of the Kubernetes API on 127.0.0.1 (default: 8701 beside port 8700, else any free one)',
      wholeNumber('--kube-port', 0, 65_535),
    )
    .option('--data-dir <dir>', 'where state, keys and logs are kept', someText('--data-dir'), '.berth')
    .option('--agents <number>', 'agents to start, and to keep', wholeNumber('--agents', 0, 100), 1)
    .option(
      '--max-agents <number>',
      'agents to grow to when tasks wait for room (default: as --agents)',
      wholeNumber('--max-agents', 0, 100),
    )
    .option(
      '--standby-agents <number>',
      'free agents to keep beyond what tasks need, within --max-agents',
      wholeNumber('--standby-agents', 0, 100),
      0,
    )
    .option(
      '--agent-size <cpu,memory>',
      'CPU units and MiB of each agent (default: a share of this machine)',
      machineSize('--agent-size'),
    )
    .option('--runtime <name>', `what runs the containers: ${RUNTIMES.join(', ')}`, runtimeValue, 'auto')
    .option('--store <name>', `where state is kept: ${STORES.join(', ')}`, oneOf('--store', STORES), 'sqlite')
    .option(
      '--account-id <digits>',
      'account shown in ARNs',
      matching('--account-id', /^\d{12}$/, '12 digits'),
      '000000000000',
    )
    .option(
      '--region <name>',
      'region shown in ARNs',
      matching('--region', /^[a-z]{2,}(-[a-z0-9]+)+$/, 'a region such as eu-west-1'),
      'us-east-1',
    )
    .option(
      '--time-scale <factor>',
      'multiplies every interval; 0.1 is ten times faster',
      positiveNumber('--time-scale', 100),
      1,
    )
    .option(
      '--stopped-retention-hours <hours>',
      'how long stopped tasks stay describable (an hour on ECS)',
      positiveNumber('--stopped-retention-hours', 8_760),
      24,
    )
    .option(
      '--event-retention-hours <hours>',
      'how long events can be read',
      positiveNumber('--event-retention-hours', 8_760),
      24,
    )
    .option('--no-ecs-pods', 'do not show tasks of ECS as pods, as a deployment does by default')
    .option('--no-task-events', 'write no events of single tasks and machines, as a deployment does by default')
    .option('--fresh', 'empty the data directory first', false)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: UpFlags) => {
      if (flags.maxAgents !== undefined && flags.maxAgents < flags.agents) {
        throw new UsageError(`--max-agents must not be below --agents (${flags.agents}), got '${flags.maxAgents}'`);
      }
      // Loaded only here: starting the stack is the one thing the command line does other than over HTTP.
      const { upMain } = await import('#local/main.ts');
      finish(
        await upMain({
          ...flags,
          maxAgents: flags.maxAgents ?? flags.agents,
          agentSize: flags.agentSize,
          kubePort: flags.kubePort,
        }),
      );
    });
}

const EXAMPLES = `
Examples:
  npx berth up
  npx berth up --port 9000 --agents 2 --max-agents 5 --runtime docker
  npx berth up --fresh --runtime simulated --time-scale 0.1

Then, in another shell:
  . .berth/env && aws ecs list-clusters --endpoint-url "$AWS_ENDPOINT_URL_ECS"`;
