import { beforeAll, describe, expect, it } from 'vitest';
import { OPERATIONS } from '#api/ecs/operations.ts';
import { ask, told } from '#test/support/ecs-ask.ts';
import { CROWD, hexId, names, openCrowd } from '#test/support/ecs-crowd.ts';
import type { EcsHarness } from '#test/support/ecs-request.ts';

interface Listing {
  /** The member of the answer that holds the items. */
  readonly items: string;
  readonly request?: object;
  /** Bounds of maxResults and the size of a page without it, from the API reference. */
  readonly most: number;
  readonly page: number;
  /** How many items there are. */
  readonly total: number;
}

const LISTINGS: Readonly<Record<string, Listing>> = {
  ListClusters: { items: 'clusterArns', most: 100, page: 100, total: CROWD },
  ListServices: { items: 'serviceArns', most: 100, page: 10, total: CROWD },
  ListTasks: { items: 'taskArns', most: 100, page: 100, total: CROWD },
  ListTaskDefinitions: { items: 'taskDefinitionArns', most: 100, page: 100, total: CROWD },
  ListTaskDefinitionFamilies: { items: 'families', most: 100, page: 100, total: CROWD },
  ListContainerInstances: { items: 'containerInstanceArns', most: 100, page: 100, total: CROWD },
  ListAttributes: {
    items: 'attributes',
    request: { targetType: 'container-instance', attributeName: 'rack' },
    most: 100,
    page: 100,
    total: CROWD,
  },
  ListAccountSettings: { items: 'settings', request: { effectiveSettings: true }, most: 10, page: 10, total: 11 },
  ListServiceDeployments: {
    items: 'serviceDeployments',
    request: { service: 'service-000' },
    most: 100,
    page: 20,
    total: CROWD,
  },
  // Besides the nine of the crowd there are FARGATE and FARGATE_SPOT.
  DescribeCapacityProviders: { items: 'capacityProviders', most: 10, page: 10, total: 11 },
};

/** Lists that ECS itself answers in one piece. */
const UNPAGED = ['ListServicesByNamespace', 'ListTagsForResource'];

/** Hundreds of requests make the crowd: seconds on an idle machine. */
const SETUP_MS = 300_000;

describe('lists', () => {
  let ecs: EcsHarness;

  beforeAll(async () => {
    ecs = await openCrowd();
  }, SETUP_MS);

  const page = async (operation: string, request: object = {}) => {
    const { items, request: always = {} } = LISTINGS[operation] as Listing;
    const body = await told(ecs, operation, { ...always, ...request });
    return { items: body[items] as readonly unknown[], nextToken: body['nextToken'] as string | undefined };
  };

  const allPages = async (operation: string, maxResults: number, request: object = {}): Promise<readonly unknown[]> => {
    const seen: unknown[] = [];
    let nextToken: string | undefined;
    do {
      const part = await page(operation, { ...request, maxResults, ...(nextToken ? { nextToken } : {}) });
      expect(part.items.length).toBeLessThanOrEqual(maxResults);
      seen.push(...part.items);
      nextToken = part.nextToken;
    } while (nextToken !== undefined);
    return seen;
  };

  it('every operation whose answer has a next token, is in this table', () => {
    const paged = [...OPERATIONS].filter(
      ([, { output }]) => output.kind === 'structure' && output.members.has('nextToken'),
    );
    // Namespaces hold no services yet, so their list never has a second page.
    const names = paged.map(([name]) => name).filter((name) => name !== 'ListServicesByNamespace');
    expect(names.toSorted()).toEqual(Object.keys(LISTINGS).toSorted());
    const lists = [...OPERATIONS.keys()].filter((name) => name.startsWith('List'));
    expect(lists.filter((name) => !LISTINGS[name]).toSorted()).toEqual(UNPAGED);
  });

  it.each(Object.entries(LISTINGS))(
    '%s without maxResults, answers one page and a token',
    async (operation, listing) => {
      const first = await page(operation);
      expect(first.items).toHaveLength(listing.page);
      expect(first.nextToken).toEqual(expect.any(String));
    },
  );

  it.each(Object.entries(LISTINGS))('%s in small pages, has neither gap nor repeat', async (operation, listing) => {
    const all = await allPages(operation, 7);
    expect(all).toHaveLength(listing.total);
    expect(new Set(all.map((item) => JSON.stringify(item))).size).toBe(listing.total);
    expect(await allPages(operation, listing.most)).toEqual(all);
  });

  it.each(Object.entries(LISTINGS))('%s with maxResults out of bounds, is refused', async (operation, listing) => {
    for (const maxResults of [0, -1, listing.most + 1]) {
      const { status, body } = await ask(ecs, operation, { ...listing.request, maxResults });
      expect({ maxResults, status, body }).toMatchObject({
        status: 400,
        body: { __type: 'InvalidParameterException', message: `maxResults must be between 1 and ${listing.most}.` },
      });
    }
  });

  it.each(Object.entries(LISTINGS))(
    '%s with a token of another list, or none, is refused',
    async (operation, listing) => {
      const other = operation === 'ListClusters' ? 'ListTaskDefinitions' : 'ListClusters';
      const { nextToken } = await page(other, { maxResults: 1 });
      for (const token of [nextToken, 'bm9uZQ', '?']) {
        const { body } = await ask(ecs, operation, { ...listing.request, nextToken: token });
        expect(body).toEqual({ __type: 'InvalidParameterException', message: 'Invalid token' });
      }
    },
  );

  const last = (arn: unknown): string => String(arn).split('/').at(-1) ?? '';
  const FILTERS: readonly (readonly [string, object, readonly string[]])[] = [
    ['ListServices', { launchType: 'EC2', maxResults: 100 }, names('service', 100)],
    ['ListServices', { launchType: 'FARGATE' }, []],
    ['ListServices', { schedulingStrategy: 'REPLICA', maxResults: 2 }, names('service', 2)],
    ['ListServices', { schedulingStrategy: 'DAEMON' }, []],
    ['ListServices', { resourceManagementType: 'CUSTOMER', maxResults: 2 }, names('service', 2)],
    ['ListServices', { resourceManagementType: 'ECS' }, []],
    ['ListServices', { cluster: 'cluster-000' }, []],
    ['ListTasks', { family: 'family-000' }, []],
    ['ListTasks', { serviceName: 'service-000' }, []],
    ['ListTasks', { startedBy: 'somebody' }, []],
    ['ListTasks', { desiredStatus: 'STOPPED' }, []],
    ['ListTasks', { desiredStatus: 'PENDING' }, []],
    ['ListTasks', { launchType: 'FARGATE' }, []],
    ['ListTasks', { containerInstance: hexId(0) }, []],
    ['ListTasks', { cluster: 'cluster-000' }, []],
    ['ListTaskDefinitions', { familyPrefix: 'family-007' }, ['family-007:1']],
    ['ListTaskDefinitions', { status: 'INACTIVE' }, []],
    ['ListTaskDefinitions', { sort: 'DESC', maxResults: 2 }, ['family-100:1', 'family-099:1']],
    ['ListTaskDefinitions', { sort: 'ASC', maxResults: 2 }, ['family-000:1', 'family-001:1']],
    ['ListTaskDefinitionFamilies', { familyPrefix: 'family-10' }, ['family-100']],
    ['ListTaskDefinitionFamilies', { status: 'INACTIVE' }, []],
    ['ListTaskDefinitionFamilies', { status: 'ALL', familyPrefix: 'family-10' }, ['family-100']],
    ['ListContainerInstances', { status: 'DRAINING' }, []],
    ['ListContainerInstances', { filter: 'attribute:rack == 2' }, []],
    ['ListContainerInstances', { cluster: 'cluster-000' }, []],
    ['ListServiceDeployments', { service: 'service-001', status: ['SUCCESSFUL'] }, []],
  ];

  it.each(FILTERS)('%s of %j, shows what matches and nothing else', async (operation, filter, expected) => {
    expect((await page(operation, filter)).items.map(last)).toEqual(expected);
  });

  it('filters that split the crowd, show each item on one side', async () => {
    const racks = await Promise.all(
      ['0', '1'].map((rack) => allPages('ListContainerInstances', 50, { filter: `attribute:rack == ${rack}` })),
    );
    expect(racks.map((found) => found.length)).toEqual([51, 50]);
    const values = await Promise.all(
      ['0', '1'].map((attributeValue) => allPages('ListAttributes', 50, { attributeName: 'rack', attributeValue })),
    );
    expect(values.map((found) => found.length)).toEqual([51, 50]);
    const statuses = await Promise.all(
      [['SUCCESSFUL'], ['STOPPED'], ['PENDING'], ['SUCCESSFUL', 'STOPPED']].map((status) =>
        allPages('ListServiceDeployments', 50, { status }),
      ),
    );
    expect(statuses.map((found) => found.length)).toEqual([50, 50, 1, 100]);
    const noon = ecs.clock.now() / 1000 - 50 * 60;
    const times = await Promise.all(
      [{ before: noon }, { after: noon }].map((createdAt) => allPages('ListServiceDeployments', 50, { createdAt })),
    );
    // The one of that very moment is on neither side.
    expect(times.map((found) => found.length)).toEqual([50, 50]);
    expect(await allPages('ListTasks', 50, { startedBy: 'crowd', family: 'family-001' })).toHaveLength(CROWD);
  });

  it.each([
    ['ListServices', {}],
    ['ListTasks', {}],
    ['ListContainerInstances', {}],
    ['ListAttributes', { targetType: 'container-instance' }],
    ['ListServiceDeployments', { service: 'a' }],
  ])('%s of a cluster there is not, is a ClusterNotFoundException', async (operation, request) => {
    const { status, body } = await ask(ecs, operation, { ...request, cluster: 'nowhere' });
    expect({ status, type: body['__type'] }).toEqual({ status: 400, type: 'ClusterNotFoundException' });
  });

  it.each([
    ['ListTasks', { serviceName: 'nothing' }],
    ['ListServiceDeployments', { service: 'nothing' }],
  ])('%s of a service there is not, is a ServiceNotFoundException', async (operation, request) => {
    const { status, body } = await ask(ecs, operation, request);
    expect({ status, type: body['__type'] }).toEqual({ status: 400, type: 'ServiceNotFoundException' });
  });

  it.each([
    ['ListServices', 'launchType'],
    ['ListServices', 'schedulingStrategy'],
    ['ListServices', 'resourceManagementType'],
    ['ListTasks', 'desiredStatus'],
    ['ListTasks', 'launchType'],
    ['ListTaskDefinitions', 'status'],
    ['ListTaskDefinitions', 'sort'],
    ['ListTaskDefinitionFamilies', 'status'],
    ['ListContainerInstances', 'status'],
    ['ListAccountSettings', 'name'],
    ['ListAttributes', 'targetType'],
  ])('%s with a word for %s that is none, is refused with those that are', async (operation, member) => {
    const { body } = await ask(ecs, operation, { ...LISTINGS[operation]?.request, [member]: 'SIDEWAYS' });
    expect(body['__type']).toBe('InvalidParameterException');
    expect(body['message']).toContain(`${member} must be one of: `);
  });
});
