import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { CommandError, UsageError } from './errors.ts';
import type { Finish } from './finish.ts';
import { type Attributes, attribute, httpAddress, positiveNumber, someText, wholeNumber } from './option-values.ts';
import { runtimeValue } from './up-command.ts';

interface AgentFlags {
  readonly endpoint: string;
  readonly join?: string;
  readonly cluster: string;
  readonly dataDir: string;
  readonly runtime: 'auto' | 'docker' | 'process' | 'simulated';
  readonly cpu?: number;
  readonly memory?: number;
  readonly machineId?: string;
  readonly capacityProvider?: string;
  readonly attribute: Attributes;
  readonly timeScale: number;
  readonly hostname?: string;
}

const MAX_CPU_UNITS = 1_048_576;
const MAX_MEMORY_MIB = 16_777_216;

export function agentCommand(finish: Finish): Command {
  return new Command('agent')
    .description('join this machine to a cluster and run the tasks it is given, until Ctrl-C')
    .requiredOption('--endpoint <url>', 'address of the control plane', httpAddress('--endpoint'))
    .option('--join <token>', 'join token, or @file to read it from; else BERTH_JOIN_TOKEN. Needed the first time only')
    .option('--cluster <name>', 'cluster to join', someText('--cluster'), 'default')
    .option(
      '--data-dir <dir>',
      'where this agent keeps its identity and its tasks',
      someText('--data-dir'),
      '.berth-agent',
    )
    .option('--runtime <name>', 'what runs the containers: auto, docker, process, simulated', runtimeValue, 'auto')
    .option('--cpu <units>', 'CPU units to offer, 1024 each (default: all)', wholeNumber('--cpu', 1, MAX_CPU_UNITS))
    .option('--memory <MiB>', 'memory to offer (default: all)', wholeNumber('--memory', 1, MAX_MEMORY_MIB))
    .option('--machine-id <id>', "the capacity provider's name for this machine", someText('--machine-id'))
    .option(
      '--capacity-provider <name>',
      'capacity provider that this machine belongs to (default: none)',
      someText('--capacity-provider'),
    )
    .option('--attribute <name=value>', 'attribute for placement; repeatable', attribute('--attribute'), {})
    .option(
      '--time-scale <factor>',
      'multiplies every interval, as for berth up',
      positiveNumber('--time-scale', 100),
      1,
    )
    .option('--hostname <name>', 'name to register (default: this host)', someText('--hostname'))
    .addHelpText('after', EXAMPLES)
    .action(async ({ join, attribute: attributes, ...flags }: AgentFlags) => {
      const joinToken = readJoinToken(join ?? process.env.BERTH_JOIN_TOKEN);
      const { agentMain } = await import('#agent/main.ts');
      finish(await agentMain({ ...flags, attributes, ...(joinToken === undefined ? {} : { joinToken }) }));
    });
}

/** A token on the command line shows in the process list, so a file is the better way to give it. */
function readJoinToken(given: string | undefined): string | undefined {
  if (given === undefined || given === '') return undefined;
  if (!given.startsWith('@')) return given;
  const file = given.slice(1);
  const token = readTokenFile(file).trim();
  if (token === '') throw new UsageError(`--join names ${file}, which is empty`);
  return token;
}

function readTokenFile(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CommandError(`the join token could not be read from ${file}`, { cause });
  }
}

const EXAMPLES = `
Examples:
  npx berth agent --endpoint http://127.0.0.1:8700 --join @.berth/join-token
  BERTH_JOIN_TOKEN=... npx berth agent --endpoint https://berth.example.com --attribute disk=ssd`;
