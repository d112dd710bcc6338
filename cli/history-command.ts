import { Command } from 'commander';
import type { Finish } from './finish.ts';
import { someText, wholeNumber } from './option-values.ts';
import { callOwnOperation } from './own-operation.ts';
import { type History, renderHistory } from './render-history.ts';
import { findStack } from './stack-address.ts';

interface HistoryFlags {
  readonly cluster: string;
  readonly limit: number;
  readonly dataDir?: string;
  readonly json: boolean;
}

export function historyCommand(finish: Finish): Command {
  const history = new Command('history').description('tell what started and stopped each task, and why, oldest first');
  history.addCommand(subcommand('service', 'name or ARN of the service', finish));
  history.addCommand(subcommand('task', 'id or ARN of the task', finish));
  return history.addHelpText('after', EXAMPLES);
}

const subcommand = (kind: 'task' | 'service', described: string, finish: Finish): Command =>
  new Command(kind)
    .description(`tell the history of a ${kind}`)
    .argument('<name>', described)
    .option('--cluster <name>', 'cluster it belongs to', 'default')
    .option('--limit <number>', 'at most so many entries, the newest', wholeNumber('--limit', 1, 1_000), 200)
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .option('--json', 'print one JSON document', false)
    .action(async (name: string, { cluster, limit, dataDir, json }: HistoryFlags) => {
      const address = findStack(dataDir, process.env);
      const input = { cluster, [kind]: name, maxResults: limit };
      const history = await callOwnOperation<History>(address, 'History', input);
      process.stdout.write(`${json ? JSON.stringify(history, undefined, 2) : renderHistory(history)}\n`);
      finish(0);
    });

const EXAMPLES = `
Examples:
  npx berth history service web
  npx berth history task 0123456789abcdef0123456789abcdef --json

Deployments are remembered for 90 days, tasks for as long as stopped ones are kept (berth up --stopped-retention-hours).`;
