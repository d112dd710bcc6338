import { readdirSync } from 'node:fs';
import {
  ClientException,
  CreateClusterCommand,
  DescribeTaskDefinitionCommand,
  InvalidParameterException,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { openEcs } from '#test/support/ecs-request.ts';
import {
  refusalOfSample,
  SAMPLE_NAMES,
  SAMPLES_FOLDER,
  type Sample,
  sample,
  VERDICTS,
} from '#test/support/taskdef-samples.ts';

const eachContainer = (input: Sample, change: (it: NonNullable<Sample['containerDefinitions']>[number]) => object) => ({
  ...input,
  containerDefinitions: input.containerDefinitions?.map((container) => ({ ...container, ...change(container) })),
});

/** What each refusal is about, and how its author would answer it. */
const REPAIRS: readonly (readonly [says: RegExp, reason: string, repair: (input: Sample) => Sample])[] = [
  [
    /^Fargate only supports network mode ‘awsvpc’\.$/,
    'network',
    (input) => ({ ...eachContainer(input, () => ({ links: [] })), networkMode: 'awsvpc' }),
  ],
  [/must be defined|be defined at the task level|'memoryReservation' must be specified/, 'size', sized],
  [
    /^Fargate requires task definition to have execution role ARN to support /,
    'role',
    (input) => ({ ...input, executionRoleArn: 'arn:aws:iam::123456789012:role/exec' }),
  ],
  [
    /^When networkMode=awsvpc, the host ports and container ports in port mappings must match\.$/,
    'ports',
    (input) =>
      eachContainer(input, ({ portMappings }) => ({
        portMappings: portMappings?.map(({ hostPort: _hostPort, ...mapping }) => mapping),
      })),
  ],
  [
    /do not support GPU resource requirements/,
    'gpu',
    (input) => eachContainer(input, () => ({ resourceRequirements: [] })),
  ],
  [/do not support placement constraints/, 'placement', (input) => ({ ...input, placementConstraints: [] })],
  [
    /do not support 'devices'/,
    'devices',
    (input) =>
      eachContainer(input, ({ linuxParameters }) => ({ linuxParameters: { ...linuxParameters, devices: [] } })),
  ],
  [
    /do not support added capabilities/,
    'capabilities',
    (input) =>
      eachContainer(input, ({ linuxParameters }) => ({ linuxParameters: { ...linuxParameters, capabilities: {} } })),
  ],
];

function sized(input: Sample): Sample {
  return { ...input, cpu: '16384', memory: '122880' };
}

const outcome = async (input: Sample): Promise<string> => {
  try {
    await openEcs().client.send(new RegisterTaskDefinitionCommand(input));
    return 'registered';
  } catch (error) {
    if (error instanceof ClientException) return error.message;
    throw error;
  }
};

/** Why Fargate does not take it: every reason that comes up while one after the other is repaired. */
async function reasonsAgainstFargate(input: Sample): Promise<readonly string[]> {
  const reasons = new Set<string>();
  let repaired: Sample = { ...input, requiresCompatibilities: ['FARGATE'] };
  for (let tries = 0; tries < REPAIRS.length + 1; tries += 1) {
    const message = await outcome(repaired);
    if (message === 'registered') return [...reasons].sort();
    const known = REPAIRS.find(([says]) => says.test(message));
    if (!known) throw new Error(`nobody knows how to repair: ${message}`);
    reasons.add(known[1]);
    repaired = known[2](repaired);
  }
  throw new Error(`still refused after every repair: ${[...reasons].join()}`);
}

test('the samples, are those there is a verdict of', () => {
  const files = readdirSync(SAMPLES_FOLDER).filter((file) => file.endsWith('.json') && file !== 'verdicts.json');
  expect(files.sort()).toEqual(SAMPLE_NAMES.map((name) => `${name}.json`).sort());
});

describe.each(SAMPLE_NAMES)('the sample %s', (name) => {
  const { fargate, reasons } = VERDICTS[name] ?? { fargate: false, reasons: [] };
  const input = sample(name);

  test('registered for Fargate, gets the verdict AWS gives, for the same reasons', async () => {
    expect(await reasonsAgainstFargate(input)).toEqual(reasons);
  });

  test('registered as it is, keeps every member given and reads back the same, or is refused', async () => {
    const refusal = refusalOfSample(name);
    if (refusal) {
      expect(await outcome(input)).toMatch(refusal);
      return;
    }
    const { client } = openEcs();
    const { taskDefinition } = await client.send(new RegisterTaskDefinitionCommand(input));
    expect(taskDefinition).toMatchObject(input);
    expect(taskDefinition?.compatibilities?.includes('FARGATE')).toBe(fargate);
    const read = await client.send(new DescribeTaskDefinitionCommand({ taskDefinition: input.family }));
    expect(read.taskDefinition).toEqual(taskDefinition);
  });

  test('run on Fargate, starts or is refused', async () => {
    if ((await outcome(input)) !== 'registered') return;
    const { client } = openEcs();
    await client.send(new CreateClusterCommand({}));
    await client.send(new RegisterTaskDefinitionCommand(input));
    const networkConfiguration = { awsvpcConfiguration: { subnets: ['subnet-1'] } };
    const running = client.send(
      new RunTaskCommand({ taskDefinition: input.family, launchType: 'FARGATE', networkConfiguration }),
    );
    if (fargate) expect((await running).tasks).toMatchObject([{ launchType: 'FARGATE', lastStatus: 'PROVISIONING' }]);
    else await expect(running).rejects.toBeInstanceOf(InvalidParameterException);
  });
});
