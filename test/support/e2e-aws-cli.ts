import { execFile } from 'node:child_process';
import path from 'node:path';
import { promisify } from 'node:util';
import { tryCommand } from '#cli/demo/run-command.ts';
import type { RunningStack } from './running-stack.ts';

const exec = promisify(execFile);
const LIMIT_MS = 60_000;

/** Debian's 2.9 does not read AWS_ENDPOINT_URL_ECS yet, so the endpoint is named as the README's alias does. */
const SCRIPT = '. "$1" && shift && exec aws "$@" --endpoint-url "$AWS_ENDPOINT_URL_ECS" --output json';

export interface CliAnswer {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface AwsCli {
  /** Runs `aws ecs ...`, or of another service, in a shell that sourced the stack's `env`, whatever comes of it. */
  run(...args: readonly string[]): Promise<CliAnswer>;
  /** The same; throws unless it ends with 0, and answers what it printed, read as JSON. */
  json<T>(...args: readonly string[]): Promise<T>;
}

/** Why the AWS command line cannot be used here; undefined when it can. */
export async function awsCliMissing(): Promise<string | undefined> {
  const version = await tryCommand('aws', ['--version'], 20_000);
  return version === undefined ? 'no aws on the PATH (install awscli)' : undefined;
}

/** Nothing of the user's own configuration, no pager and no metadata service may take part. */
export const AWS_CLI_ENVIRONMENT = {
  AWS_CONFIG_FILE: '/dev/null',
  AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_PAGER: '',
};

/** `cwd` is where `file://` arguments are looked for. */
export function awsCli(stack: RunningStack, cwd: string, service: 'ecs' | 'eks' = 'ecs'): AwsCli {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME, ...AWS_CLI_ENVIRONMENT };
  const run: AwsCli['run'] = (...args) =>
    exec('sh', ['-c', SCRIPT, 'aws', path.join(stack.dataDir, 'env'), service, ...args], {
      cwd,
      env,
      timeout: LIMIT_MS,
    }).then(
      (said) => ({ code: 0, ...said }),
      (error: CliAnswer) => error,
    );
  return {
    run,
    json: async <T>(...args: readonly string[]) => {
      const { code, stdout, stderr } = await run(...args);
      if (code !== 0) throw new Error(`aws ${service} ${args.join(' ')} ended with ${code}: ${stderr}`);
      return JSON.parse(stdout) as T;
    },
  };
}
