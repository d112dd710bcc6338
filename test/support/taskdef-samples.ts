import { readFileSync } from 'node:fs';
import type { RegisterTaskDefinitionCommandInput } from '@aws-sdk/client-ecs';

export type Sample = RegisterTaskDefinitionCommandInput;

export interface Verdict {
  readonly fargate: boolean;
  readonly reasons: readonly string[];
}

export const SAMPLES_FOLDER = new URL('./taskdefs/', import.meta.url);
const json = (file: string) => JSON.parse(readFileSync(new URL(file, SAMPLES_FOLDER), 'utf8'));

/** What AWS's rules say of each sample. */
export const VERDICTS: Readonly<Record<string, Verdict>> = json('verdicts.json');
export const SAMPLE_NAMES: readonly string[] = Object.keys(VERDICTS);

/** A sample as RegisterTaskDefinition's input; some were written for other tools, which lack a family or wrap it. */
export function sample(name: string): Sample {
  const document = json(`${name}.json`);
  const { tags: _tags, ...input } = { family: 'sample', ...(document.taskDefinition ?? document) };
  return input;
}

const asksForFargate = ({ requiresCompatibilities }: Sample): boolean =>
  requiresCompatibilities?.includes('FARGATE') ?? false;

/** The samples that AWS takes for no launch type at all. */
const NEVER: Readonly<Record<string, RegExp>> = {
  'awssamples-tomcat_ec2': /the host ports and container ports in port mappings must match/,
  'ecsguide-example-task-definitions-5': /At least one of 'memory' or 'memoryReservation' must be specified/,
};

/** What registering the sample as it is is refused with; undefined when it is taken. */
export const refusalOfSample = (name: string): RegExp | undefined =>
  NEVER[name] ?? (asksForFargate(sample(name)) && !VERDICTS[name]?.fargate ? /^Fargate requires/ : undefined);
