import { Command } from 'commander';
import { UsageError } from './errors.ts';
import type { Finish } from './finish.ts';
import { someText } from './option-values.ts';
import { callOwnOperation } from './own-operation.ts';
import type { MatchAnswer } from './profile-verdict.ts';
import { readManifests } from './read-manifests.ts';
import { renderMatches } from './render-profiles.ts';
import { findStack } from './stack-address.ts';

interface MatchFlags {
  readonly filename: readonly string[];
  readonly namespace: string;
  readonly cluster: string;
  readonly dataDir?: string;
  readonly json: boolean;
}

/** Not all of the pods would run. */
const NOT_ALL = 3;

export function profileCommand(finish: Finish): Command {
  const profile = new Command('profile').description('say what Fargate profiles make of pods');
  profile.addCommand(matchCommand(finish));
  return profile.addHelpText('after', EXAMPLES);
}

const matchCommand = (finish: Finish): Command =>
  new Command('match')
    .description('say which profile takes the pods of manifests, in which size, and why not; changes nothing')
    .requiredOption(
      '-f, --filename <files...>',
      'manifests, YAML or JSON, any number of documents; - is the standard input',
    )
    .option('-n, --namespace <name>', 'namespace of those that name none', someText('--namespace'), 'default')
    .option('--cluster <name>', 'cluster whose profiles are asked', 'default')
    .option(
      '--data-dir <dir>',
      'data directory of the stack (default: AWS_ENDPOINT_URL_ECS, else .berth)',
      someText('--data-dir'),
    )
    .option('--json', 'print one JSON document with every profile and selector', false)
    .action(async ({ filename, namespace, cluster, dataDir, json }: MatchFlags) => {
      const manifests = readManifests(filename);
      if (manifests.length === 0) throw new UsageError(`${filename.join(', ')}: no manifest in there`);
      const address = findStack(dataDir, process.env);
      const answer = await callOwnOperation<MatchAnswer>(address, 'MatchProfiles', { cluster, namespace, manifests });
      process.stdout.write(`${json ? JSON.stringify(answer, undefined, 2) : renderMatches(answer)}\n`);
      finish(answer.workloads.every(({ admission }) => admission.kind === 'admitted') ? 0 : NOT_ALL);
    });

const EXAMPLES = `
Exit code of match: 0 when every pod would run, 3 when not, 1 and 2 when it could not be said.

Examples:
  npx berth profile match -f app.yaml
  kubectl kustomize . | npx berth profile match -f - --namespace prod --json`;
