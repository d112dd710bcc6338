import { Command } from 'commander';
import { emptyClusters } from './empty-cluster.ts';
import { emptyKubernetes } from './empty-kubernetes.ts';
import { CommandError } from './errors.ts';
import type { Finish } from './finish.ts';
import { someText, wholeNumber } from './option-values.ts';
import { DEFAULT_DATA_DIR, findStack } from './stack-address.ts';
import { withStack } from './stack-client.ts';
import { stackProcess, stopStack } from './stop-stack.ts';

interface DownFlags {
  readonly dataDir: string;
  readonly timeout: number;
}

export function downCommand(finish: Finish): Command {
  return new Command('down')
    .description('delete every service and workload, stop every task, then stop the stack of a data directory')
    .option('--data-dir <dir>', 'data directory of the stack', someText('--data-dir'), DEFAULT_DATA_DIR)
    .option('--timeout <seconds>', 'how long to wait', wholeNumber('--timeout', 1, 3600), 120)
    .addHelpText('after', '\nExample:\n  npx berth down --data-dir .berth')
    .action(async ({ dataDir, timeout }: DownFlags) => {
      const deadline = Date.now() + timeout * 1000;
      const pid = stackProcess(dataDir);
      if (pid === undefined) throw new CommandError(`no stack runs with the data directory ${dataDir}`);
      // An empty environment: what is taken down is what the directory names, never what a shell happens to export.
      await withStack(findStack(dataDir, {}), async (client) => {
        await emptyKubernetes(dataDir);
        await emptyClusters(client, deadline);
      });
      await stopStack(pid, deadline);
      process.stdout.write(`stopped: no task of ${dataDir} runs any more\n`);
      finish(0);
    });
}
