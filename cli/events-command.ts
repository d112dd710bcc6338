import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import type { Finish } from './finish.ts';
import { positiveNumber, someText } from './option-values.ts';
import { callOwnOperation } from './own-operation.ts';
import { type EcsEvent, renderEvent } from './render-event.ts';
import { findStack, type StackAddress } from './stack-address.ts';

interface EventsFlags {
  readonly cluster: string;
  readonly service?: string;
  readonly task?: string;
  readonly type?: string;
  readonly follow: boolean;
  readonly interval: number;
  readonly dataDir?: string;
  readonly json: boolean;
}

interface EventsPage {
  readonly events: readonly EcsEvent[];
  /** True when there is nothing more yet. */
  readonly isWhole: boolean;
  readonly nextToken: string;
}

export function eventsCommand(finish: Finish): Command {
  return new Command('events')
    .description('show what happened to services, deployments, tasks and machines, oldest first')
    .option('--cluster <name>', 'cluster they happened in', 'default')
    .option('--service <name>', 'only events of this service and its tasks', someText('--service'))
    .option('--task <id>', 'only events of this task', someText('--task'))
    .option('--type <detail type>', 'only events of this type, such as "ECS Task State Change"', someText('--type'))
    .option('--follow', 'go on with those to come, until Ctrl-C', false)
    .option('--interval <seconds>', 'how often to ask while following', positiveNumber('--interval', 3_600), 1)
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .option('--json', 'print one JSON document a line, as EventBridge shapes it', false)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: EventsFlags) => {
      const address = findStack(flags.dataDir, process.env);
      const render = flags.json ? (event: EcsEvent) => JSON.stringify(event) : renderEvent;
      for await (const event of readEvents(address, flags)) process.stdout.write(`${render(event)}\n`);
      finish(0);
    });
}

/** Every event that can be read; with --follow it does not end. */
async function* readEvents(address: StackAddress, flags: EventsFlags): AsyncGenerator<EcsEvent> {
  const { cluster, service, task, type } = flags;
  const filter = { cluster, ...(service && { service }), ...(task && { task }), ...(type && { detailType: type }) };
  for (let nextToken: string | undefined; ; ) {
    const page: EventsPage = await callOwnOperation(address, 'Events', { ...filter, ...(nextToken && { nextToken }) });
    yield* page.events;
    nextToken = page.nextToken;
    if (!page.isWhole) continue;
    if (!flags.follow) return;
    await sleep(flags.interval * 1_000);
  }
}

const EXAMPLES = `
Examples:
  npx berth events --service web
  npx berth events --follow --json | jq 'select(.detail.eventName == "SERVICE_DEPLOYMENT_FAILED")'`;
