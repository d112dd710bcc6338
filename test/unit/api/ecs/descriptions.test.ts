import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import { ask, told } from '#test/support/ecs-ask.ts';
import { hexId, names, openCrowd, TAGS } from '#test/support/ecs-crowd.ts';
import type { EcsHarness } from '#test/support/ecs-request.ts';

const ARN = 'arn:aws:ecs:eu-west-1:123456789012';

interface Description {
  /** The members that name what is asked for and hold what is found. */
  readonly asked: string;
  readonly items: string;
  readonly found: string;
  readonly missing: string;
  /** The ARN its failure carries. */
  readonly missingArn: string;
  readonly most: number;
  /** What ECS calls the names when there are too many. */
  readonly noun: string;
  readonly mayBeEmpty?: true;
  readonly tags?: false;
}

const DESCRIPTIONS: Readonly<Record<string, Description>> = {
  DescribeClusters: {
    asked: 'clusters',
    items: 'clusters',
    found: 'default',
    missing: 'nowhere',
    missingArn: `${ARN}:cluster/nowhere`,
    most: 100,
    noun: 'clusters',
    mayBeEmpty: true,
  },
  DescribeServices: {
    asked: 'services',
    items: 'services',
    found: 'service-000',
    missing: 'nothing',
    missingArn: `${ARN}:service/default/nothing`,
    most: 10,
    noun: 'service names',
  },
  DescribeTasks: {
    asked: 'tasks',
    items: 'tasks',
    found: '',
    missing: hexId(1),
    missingArn: `${ARN}:task/default/${hexId(1)}`,
    most: 100,
    noun: 'taskIds',
  },
  DescribeContainerInstances: {
    asked: 'containerInstances',
    items: 'containerInstances',
    found: hexId(0),
    missing: 'f'.repeat(32),
    missingArn: `${ARN}:container-instance/default/${'f'.repeat(32)}`,
    most: 100,
    noun: 'instanceIds',
  },
  DescribeCapacityProviders: {
    asked: 'capacityProviders',
    items: 'capacityProviders',
    found: 'group-000',
    missing: 'nothing',
    missingArn: `${ARN}:capacity-provider/nothing`,
    most: 100,
    noun: 'capacityProviders',
    mayBeEmpty: true,
  },
  DescribeServiceDeployments: {
    asked: 'serviceDeploymentArns',
    items: 'serviceDeployments',
    found: `${ARN}:service-deployment/default/service-000/${'1'.padStart(19, '0')}`,
    missing: `${ARN}:service-deployment/default/service-000/nothing`,
    missingArn: `${ARN}:service-deployment/default/service-000/nothing`,
    most: 20,
    noun: 'serviceDeploymentArns',
    tags: false,
  },
  DescribeServiceRevisions: {
    asked: 'serviceRevisionArns',
    items: 'serviceRevisions',
    found: `${ARN}:service-revision/default/service-000/${'1'.padStart(19, '0')}`,
    missing: `${ARN}:service-revision/default/service-000/nothing`,
    missingArn: `${ARN}:service-revision/default/service-000/nothing`,
    most: 20,
    noun: 'serviceRevisionArns',
    tags: false,
  },
};

/** These describe what belongs to one thing, and refuse when that is not there. */
const SINGLE = ['DescribeTaskDefinition', 'DescribeTaskSets'];
const ROWS = Object.entries(DESCRIPTIONS);

/** Hundreds of requests make the crowd: seconds on an idle machine. */
const SETUP_MS = 300_000;

describe('descriptions', () => {
  let ecs: EcsHarness;
  let task = '';

  beforeAll(async () => {
    ecs = await openCrowd();
    const { taskArns } = await told(ecs, 'ListTasks', { maxResults: 1 });
    task =
      String((taskArns as readonly string[])[0])
        .split('/')
        .at(-1) ?? '';
  }, SETUP_MS);

  const named = (operation: string, { found }: Description): string => (operation === 'DescribeTasks' ? task : found);

  const describeThem = async (operation: string, ids: readonly string[], include?: readonly string[]) => {
    const { asked, items } = DESCRIPTIONS[operation] as Description;
    const body = await told(ecs, operation, { [asked]: ids, ...(include ? { include } : {}) });
    return { items: body[items] as readonly Record<string, unknown>[], failures: body['failures'] };
  };

  it('every operation that describes, is in this table', () => {
    const served = [...OPERATIONS.keys()].filter((name) => name.startsWith('Describe'));
    expect(served.toSorted()).toEqual([...Object.keys(DESCRIPTIONS), ...SINGLE].toSorted());
  });

  it.each(ROWS)(
    '%s of one there is, one there is not and repeats, finds and misses each once',
    async (operation, row) => {
      const found = named(operation, row);
      const { items, failures } = await describeThem(operation, [found, row.missing, found, row.missing]);
      expect(items).toHaveLength(1);
      expect(failures).toEqual([expect.objectContaining({ arn: row.missingArn, reason: 'MISSING' })]);
    },
  );

  it.each(ROWS)('%s of more than it takes, is refused in ECS words', async (operation, { asked, most, noun }) => {
    const { status, body } = await ask(ecs, operation, { [asked]: names('a', most + 1) });
    expect({ status, body }).toEqual({
      status: 400,
      body: { __type: 'InvalidParameterException', message: `${noun} can have at most ${most} items.` },
    });
  });

  it.each(ROWS)('%s of nothing, is refused unless it then describes a default', async (operation, row) => {
    const title = row.asked.charAt(0).toUpperCase() + row.asked.slice(1);
    const { status, body } = await ask(ecs, operation, { [row.asked]: [] });
    if (row.mayBeEmpty) expect(status).toBe(200);
    else expect(body).toEqual({ __type: 'InvalidParameterException', message: `${title} cannot be empty.` });
  });

  const TAGGED = ROWS.filter(([, { tags }]) => tags !== false);

  it.each(TAGGED)('%s, shows tags when they are included and none when they are not', async (operation, row) => {
    const found = named(operation, row);
    const expected = operation === 'DescribeContainerInstances' ? [{ key: 'rack', value: '7' }] : TAGS;
    expect((await describeThem(operation, [found], ['TAGS'])).items[0]?.['tags']).toEqual(expected);
    expect((await describeThem(operation, [found])).items[0]?.['tags'] ?? []).toEqual([]);
  });

  it.each([...TAGGED.map(([operation]) => operation), 'DescribeTaskDefinition'])(
    '%s with an include that is none, is refused with those that are',
    async (operation) => {
      const row = DESCRIPTIONS[operation];
      const asked = row ? { [row.asked]: [named(operation, row)] } : { taskDefinition: 'family-000' };
      const { body } = await ask(ecs, operation, { ...asked, include: ['SECRETS'] });
      expect(body).toMatchObject({ __type: 'InvalidParameterException' });
      expect(body['message']).toMatch(/^include must be one of: .*TAGS/);
    },
  );

  it.each([
    ['ATTACHMENTS', 'attachments', []],
    ['CONFIGURATIONS', 'configuration', { executeCommandConfiguration: { logging: 'NONE' } }],
    ['SETTINGS', 'settings', [{ name: 'containerInsights', value: 'disabled' }]],
    ['STATISTICS', 'statistics', expect.arrayContaining([{ name: 'pendingEC2TasksCount', value: '101' }])],
  ])('DescribeClusters with %s, shows %s, which it does not otherwise', async (include, member, expected) => {
    const configuration = { executeCommandConfiguration: { logging: 'NONE' } };
    await told(ecs, 'UpdateCluster', { cluster: 'default', configuration });
    expect((await describeThem('DescribeClusters', ['default'], [include])).items[0]?.[member]).toEqual(expected);
    expect((await describeThem('DescribeClusters', ['default'])).items[0]?.[member] ?? []).toEqual([]);
  });

  it('DescribeContainerInstances with CONTAINER_INSTANCE_HEALTH, shows it, which it does not otherwise', async () => {
    const found = hexId(0);
    const included = await describeThem('DescribeContainerInstances', [found], ['CONTAINER_INSTANCE_HEALTH']);
    expect(included.items[0]?.['healthStatus']).toMatchObject({ overallStatus: 'OK' });
    expect((await describeThem('DescribeContainerInstances', [found])).items[0]).not.toHaveProperty('healthStatus');
  });

  it('DescribeTaskDefinition, shows tags when they are included and refuses what is not there', async () => {
    expect(
      await told(ecs, 'DescribeTaskDefinition', { taskDefinition: 'family-000', include: ['TAGS'] }),
    ).toMatchObject({
      tags: TAGS,
    });
    expect((await told(ecs, 'DescribeTaskDefinition', { taskDefinition: 'family-000' }))['tags'] ?? []).toEqual([]);
    const { body } = await ask(ecs, 'DescribeTaskDefinition', { taskDefinition: 'nothing' });
    expect(body).toEqual({ __type: 'ClientException', message: 'Unable to describe task definition.' });
  });
});
