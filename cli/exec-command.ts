import { ExecuteCommandCommand } from '@aws-sdk/client-ecs';
import { Command } from 'commander';
import { CommandError } from './errors.ts';
import { findTask } from './find-task.ts';
import type { Finish } from './finish.ts';
import { someText } from './option-values.ts';
import { type DataChannel, openChannel, type Size } from './session/data-channel.ts';
import { findStack } from './stack-address.ts';
import { withStack } from './stack-client.ts';

interface ExecFlags {
  readonly cluster: string;
  readonly container?: string;
  readonly interactive: boolean;
  readonly dataDir?: string;
}

/** Bytes of input in one message: as text it must fit one frame of the gateway. */
const PIECE_BYTES = 12 * 1024;

export const execCommand = (finish: Finish): Command =>
  new Command('exec')
    .description('run a command in a container of a running task; its exit code is the command’s')
    .argument(
      '<task>',
      'id or ARN of the task, which was started with execute command enabled, or pod/[NAMESPACE/]NAME',
    )
    .argument('<command...>', 'command and its arguments, behind --')
    .option('--cluster <name>', 'cluster it belongs to', 'default')
    .option('--container <name>', 'container of the task; needed when it has several', someText('--container'))
    .option('-i, --interactive', 'give it this input, and a terminal when there is one', false)
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .addHelpText('after', EXAMPLES)
    .action(async (task: string, words: readonly string[], flags: ExecFlags) => {
      const session = await openSession(task, words, flags);
      finish(await run(session, flags.interactive));
    });

async function openSession(task: string, words: readonly string[], { cluster, container, dataDir }: ExecFlags) {
  const command = words.map(quoted).join(' ');
  const address = findStack(dataDir, process.env);
  const id = await findTask(address, cluster, task);
  const { session } = await withStack(address, (client) =>
    client.send(new ExecuteCommandCommand({ cluster, task: id, container, command, interactive: true })),
  );
  const { streamUrl, tokenValue } = session ?? {};
  if (!streamUrl || !tokenValue) throw new CommandError('the answer names no session');
  return { streamUrl, tokenValue };
}

/** One word of a command line, whatever is in it. */
const quoted = (word: string): string => `'${word.replaceAll("'", "'\\''")}'`;

async function run(session: { streamUrl: string; tokenValue: string }, interactive: boolean): Promise<number> {
  const { stdin, stdout, stderr } = process;
  const hasTerminal = interactive && stdin.isTTY === true && stdout.isTTY === true;
  const size = (): Size => ({ columns: stdout.columns, rows: stdout.rows });
  const channel = await openChannel({
    ...session,
    size: hasTerminal ? size() : undefined,
    onOutput: (data, stream) => void (stream === 'stderr' ? stderr : stdout).write(data),
  });
  const onResize = (): void => channel.resize(size());
  if (hasTerminal) {
    stdin.setRawMode(true);
    stdout.on('resize', onResize);
  }
  try {
    if (interactive) void pour(stdin, channel);
    else channel.endInput();
    return await channel.done;
  } finally {
    if (hasTerminal) stdin.setRawMode(false);
    stdout.off('resize', onResize);
    // Read on, it would keep this process from ending.
    stdin.destroy();
  }
}

async function pour(source: AsyncIterable<Buffer | string>, channel: DataChannel): Promise<void> {
  try {
    for await (const chunk of source) {
      const bytes = Buffer.from(chunk);
      for (let at = 0; at < bytes.length; at += PIECE_BYTES) await channel.write(bytes.subarray(at, at + PIECE_BYTES));
    }
    channel.endInput();
  } catch {
    // The session ended first, and with it the reading; how it ended is told there.
  }
}

const EXAMPLES = `
Examples:
  npx berth exec 0123456789abcdef0123456789abcdef -- ls /
  npx berth exec 0123456789abcdef0123456789abcdef --container app -i -- sh
  cat dump.sql | npx berth exec 0123456789abcdef0123456789abcdef -i -- psql`;
