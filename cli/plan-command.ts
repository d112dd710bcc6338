import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { CommandError, UsageError } from './errors.ts';
import type { Finish } from './finish.ts';
import { someText } from './option-values.ts';
import { callOwnOperation } from './own-operation.ts';
import { type Plan, renderPlan } from './render-plan.ts';
import { findStack } from './stack-address.ts';

const OPERATIONS = {
  'run-task': 'RunTask',
  'create-service': 'CreateService',
  'update-service': 'UpdateService',
} as const;

interface PlanFlags {
  readonly cliInputJson: string;
  readonly dataDir?: string;
  readonly json: boolean;
}

export function planCommand(finish: Finish): Command {
  const plan = new Command('plan').description('show what a request would start and stop, and where, changing nothing');
  for (const [name, operation] of Object.entries(OPERATIONS)) plan.addCommand(subcommand(name, operation, finish));
  return plan.addHelpText('after', EXAMPLES);
}

const subcommand = (name: string, operation: string, finish: Finish): Command =>
  new Command(name)
    .description(`show what aws ecs ${name} with the same input would do`)
    .requiredOption('--cli-input-json <file>', 'the request, as the AWS CLI takes it: a path, with or without file://')
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .option('--json', 'print one JSON document', false)
    .action(async ({ cliInputJson, dataDir, json }: PlanFlags) => {
      const input = readRequest(cliInputJson);
      const answer = await callOwnOperation<Plan>(findStack(dataDir, process.env), 'Plan', { operation, input });
      process.stdout.write(`${json ? JSON.stringify(answer, undefined, 2) : renderPlan(answer)}\n`);
      finish(0);
    });

function readRequest(given: string): unknown {
  const path = given.replace(/^file:\/\//, '');
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new CommandError(`${path} cannot be read`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${path} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

const EXAMPLES = `
Examples:
  npx berth plan run-task --cli-input-json run.json
  npx berth plan update-service --cli-input-json file://update.json --json`;
