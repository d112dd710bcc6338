import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { CommandError } from './errors.ts';
import { findTask } from './find-task.ts';
import type { Finish } from './finish.ts';
import { matching, someText, wholeNumber } from './option-values.ts';
import { callOwnOperation } from './own-operation.ts';
import { findStack } from './stack-address.ts';

interface LogsFlags {
  readonly cluster: string;
  readonly container?: string;
  readonly follow: boolean;
  readonly timestamps: boolean;
  readonly previous: boolean;
  readonly tail?: number;
  readonly since?: string;
  readonly dataDir?: string;
}

interface LogsAnswer {
  readonly session: string;
  readonly next: number;
  readonly pieces: readonly { readonly stream: 'stdout' | 'stderr'; readonly data: string }[];
  readonly end?: { readonly reason?: string };
}

const QUICK_MS = 50;
const SLOW_MS = 1_000;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400 };

export const logsCommand = (finish: Finish): Command =>
  new Command('logs')
    .description('print what a container of a task wrote')
    .argument('<task>', 'id or ARN of the task, or pod/NAME or pod/NAMESPACE/NAME')
    .option('--cluster <name>', 'cluster it belongs to', 'default')
    .option('--container <name>', 'container of the task; needed when it has several', someText('--container'))
    .option('-f, --follow', 'go on until the container is over, or Ctrl-C', false)
    .option('--tail <lines>', 'newest lines to begin with (default: all that is kept)', wholeNumber('--tail', 0, 1e9))
    .option(
      '--since <age>',
      'leave out what is older, such as 90s, 5m, 1h or 2d',
      matching('--since', /^\d{1,6}[smhd]$/, 'an age such as 90s, 5m, 1h or 2d'),
    )
    .option('--timestamps', 'begin each line with its time', false)
    .option('-p, --previous', 'of the run before this one', false)
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (name: string, flags: LogsFlags) => {
      const { dataDir, cluster, container, follow, timestamps, previous, tail, since } = flags;
      const address = findStack(dataDir, process.env);
      const task = await findTask(address, cluster, name);
      const asked = { cluster, task, container, follow, timestamps, previous, tail, since: since && secondsOf(since) };
      const { session } = await callOwnOperation<LogsAnswer>(address, 'Logs', asked);
      let rest = QUICK_MS;
      for (let next = 0; ; ) {
        const answer = await callOwnOperation<LogsAnswer>(address, 'Logs', { session, next });
        for (const { stream, data } of answer.pieces) process[stream].write(Buffer.from(data, 'base64'));
        if (answer.end?.reason !== undefined) throw new CommandError(answer.end.reason);
        if (answer.end) break;
        rest = answer.next > next ? QUICK_MS : Math.min(rest * 2, SLOW_MS);
        next = answer.next;
        await sleep(rest);
      }
      finish(0);
    });

const secondsOf = (age: string): number => Number(age.slice(0, -1)) * (SECONDS[age.slice(-1)] ?? 1);

const EXAMPLES = `
Examples:
  npx berth logs 0123456789abcdef0123456789abcdef --tail 20
  npx berth logs pod/web-5d4f -f --since 1h`;
