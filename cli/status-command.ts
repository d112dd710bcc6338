import { Command } from 'commander';
import type { Finish } from './finish.ts';
import { someText } from './option-values.ts';
import { readStatus } from './read-status.ts';
import { renderStatus } from './render-status.ts';
import { findStack } from './stack-address.ts';
import { withStack } from './stack-client.ts';

interface StatusFlags {
  readonly dataDir?: string;
  readonly json: boolean;
}

export function statusCommand(finish: Finish): Command {
  return new Command('status')
    .description('show services, tasks and machines, with the reason for what does not run')
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .option('--json', 'print one JSON document', false)
    .addHelpText('after', EXAMPLES)
    .action(async ({ dataDir, json }: StatusFlags) => {
      const address = findStack(dataDir, process.env);
      const clusters = await withStack(address, readStatus);
      const text = json
        ? JSON.stringify({ endpoint: address.endpoint, clusters }, undefined, 2)
        : renderStatus(clusters);
      process.stdout.write(`${text}\n`);
      finish(0);
    });
}

const EXAMPLES = `
Examples:
  npx berth status
  npx berth status --json
  npx berth status --data-dir /srv/berth`;
