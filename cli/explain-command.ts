import { Command } from 'commander';
import type { PodExplanation, ServiceExplanation, TaskExplanation } from './explanation.ts';
import type { Finish } from './finish.ts';
import { someText } from './option-values.ts';
import { callOwnOperation } from './own-operation.ts';
import { renderService, renderTask } from './render-explanation.ts';
import { renderPod } from './render-pod.ts';
import { findStack } from './stack-address.ts';

interface ExplainFlags {
  readonly cluster: string;
  readonly dataDir?: string;
  readonly json: boolean;
  /** Of a pod. */
  readonly namespace?: string;
}

export function explainCommand(finish: Finish): Command {
  const explain = new Command('explain').description(
    'say why a task, a service or a pod does not run, and what would help',
  );
  explain.addCommand(
    subcommand('task', 'id or ARN of the task', finish, (answer) => renderTask(answer as TaskExplanation)),
  );
  explain.addCommand(
    subcommand('service', 'name or ARN of the service', finish, (answer, name) =>
      renderService(name, answer as ServiceExplanation),
    ),
  );
  explain.addCommand(
    subcommand('pod', 'name of the pod', finish, (answer) => renderPod(answer as PodExplanation)).option(
      '-n, --namespace <name>',
      'namespace of the pod',
      someText('--namespace'),
      'default',
    ),
  );
  return explain.addHelpText('after', EXAMPLES);
}

const subcommand = (
  kind: 'task' | 'service' | 'pod',
  described: string,
  finish: Finish,
  render: (answer: unknown, name: string) => string,
): Command =>
  new Command(kind)
    .description(`say why a ${kind} does not run`)
    .argument('<name>', described)
    .option('--cluster <name>', 'cluster it belongs to', 'default')
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .option('--json', 'print one JSON document with every instance', false)
    .action(async (name: string, { cluster, dataDir, json, namespace }: ExplainFlags) => {
      const address = findStack(dataDir, process.env);
      const answer = await callOwnOperation<unknown>(address, 'Explain', {
        cluster,
        [kind]: name,
        ...(namespace === undefined ? {} : { namespace }),
      });
      process.stdout.write(`${json ? JSON.stringify(answer, undefined, 2) : render(answer, name)}\n`);
      finish(0);
    });

const EXAMPLES = `
Examples:
  npx berth explain service web
  npx berth explain pod web-7d4b9 -n prod
  npx berth explain task 0123456789abcdef0123456789abcdef --json`;
