import {
  CreateClusterCommand,
  CreateServiceCommand,
  type DeploymentConfiguration,
  DescribeServiceDeploymentsCommand,
  DescribeServicesCommand,
  InvalidParameterException,
  ListServiceDeploymentsCommand,
  RegisterTaskDefinitionCommand,
  UnsupportedFeatureException,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { reconcileService } from '#control/services/reconcile-service.ts';
import { type EcsHarness, openEcs } from '#test/support/ecs-request.ts';
import { recordingRouter } from '#test/support/recording-router.ts';

async function open(): Promise<EcsHarness> {
  const ecs = openEcs({ router: recordingRouter() });
  await ecs.client.send(new CreateClusterCommand({}));
  const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
  await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
  return ecs;
}

const create = async ({ client }: EcsHarness, deploymentConfiguration: DeploymentConfiguration) => {
  const named = { serviceName: 'shop', taskDefinition: 'web:1', desiredCount: 0 };
  const { service } = await client.send(new CreateServiceCommand({ ...named, deploymentConfiguration }));
  return service?.deploymentConfiguration;
};

const update = async ({ client }: EcsHarness, deploymentConfiguration: DeploymentConfiguration) => {
  await client.send(new UpdateServiceCommand({ service: 'shop', deploymentConfiguration }));
  const { services } = await client.send(new DescribeServicesCommand({ services: ['shop'] }));
  return services?.[0]?.deploymentConfiguration;
};

const PAUSE = {
  targetType: 'PAUSE',
  lifecycleStages: ['POST_TEST_TRAFFIC_SHIFT'],
  timeoutConfiguration: { timeoutInMinutes: 10, action: 'CONTINUE' },
} as const;
const CANARY = {
  strategy: 'CANARY',
  bakeTimeInMinutes: 15,
  canaryConfiguration: { canaryPercent: 10, canaryBakeTimeInMinutes: 5 },
  lifecycleHooks: [{ ...PAUSE, lifecycleStages: [...PAUSE.lifecycleStages] }],
} satisfies DeploymentConfiguration;

describe('deploymentConfiguration', () => {
  test('with a strategy that shifts traffic, is shown as it was sent', async () => {
    expect(await create(await open(), CANARY)).toEqual({
      ...CANARY,
      deploymentCircuitBreaker: { enable: false, rollback: false },
      minimumHealthyPercent: 100,
      maximumPercent: 200,
    });
  });

  test('updated in part, keeps the rest', async () => {
    const ecs = await open();
    await create(ecs, CANARY);
    expect(await update(ecs, { bakeTimeInMinutes: 1 })).toMatchObject({ ...CANARY, bakeTimeInMinutes: 1 });
  });

  test('updated to another strategy, keeps nothing of the one before', async () => {
    const ecs = await open();
    await create(ecs, CANARY);
    const shown = await update(ecs, { strategy: 'LINEAR', linearConfiguration: { stepPercent: 25 } });
    expect(shown).toMatchObject({ strategy: 'LINEAR', linearConfiguration: { stepPercent: 25 } });
    expect(shown).not.toHaveProperty('canaryConfiguration');
    expect(shown).not.toHaveProperty('lifecycleHooks');
  });

  test.each<[string, DeploymentConfiguration, RegExp]>([
    [
      'a bake time above a day',
      { strategy: 'BLUE_GREEN', bakeTimeInMinutes: 1_441 },
      /bakeTimeInMinutes .* 0 to 1440, got 1441/,
    ],
    [
      'a step below 3 percent',
      { strategy: 'LINEAR', linearConfiguration: { stepPercent: 2 } },
      /stepPercent .* 3 to 100, got 2/,
    ],
    [
      'a share finer than tenths',
      { strategy: 'CANARY', canaryConfiguration: { canaryPercent: 1.25 } },
      /multiple of 0.1, got 1.25/,
    ],
    [
      'a canary of a linear deployment',
      { strategy: 'LINEAR', canaryConfiguration: {} },
      /only valid with the strategy CANARY/,
    ],
    [
      'steps of a rolling deployment',
      { linearConfiguration: {} },
      /only valid with the strategy LINEAR, not with ROLLING/,
    ],
    [
      'a hook at no stage',
      { strategy: 'BLUE_GREEN', lifecycleHooks: [{ targetType: 'PAUSE' }] },
      /at least one of the lifecycleStages/,
    ],
    [
      'a pause while traffic shifts',
      {
        strategy: 'BLUE_GREEN',
        lifecycleHooks: [{ targetType: 'PAUSE', lifecycleStages: ['PRODUCTION_TRAFFIC_SHIFT'] }],
      },
      /PAUSE hooks cannot be configured at the stage PRODUCTION_TRAFFIC_SHIFT/,
    ],
    [
      'a hook of no patience',
      {
        strategy: 'BLUE_GREEN',
        lifecycleHooks: [{ ...CANARY.lifecycleHooks[0], timeoutConfiguration: { timeoutInMinutes: 0 } }],
      },
      /timeoutInMinutes .* 1 to 20160, got 0/,
    ],
  ])('with %s, is refused as invalid', async (_what, configuration, message) => {
    const refused = create(await open(), configuration);
    await expect(refused).rejects.toBeInstanceOf(InvalidParameterException);
    await expect(refused).rejects.toThrow(message);
  });

  test('with a Lambda function as hook, is refused by the name of the function', async () => {
    const hookTargetArn = 'arn:aws:lambda:eu-west-1:123456789012:function:approve';
    const lifecycleHooks = [{ hookTargetArn, roleArn: 'role', lifecycleStages: ['POST_SCALE_UP' as const] }];
    const refused = create(await open(), { strategy: 'BLUE_GREEN', lifecycleHooks });
    await expect(refused).rejects.toBeInstanceOf(UnsupportedFeatureException);
    await expect(refused).rejects.toThrow(hookTargetArn);
  });

  test('with hooks of a rolling deployment, is refused', async () => {
    await expect(create(await open(), { lifecycleHooks: CANARY.lifecycleHooks })).rejects.toBeInstanceOf(
      UnsupportedFeatureException,
    );
  });

  test('with a strategy that shifts traffic where nothing can, is refused and says what to use', async () => {
    const ecs = openEcs();
    await ecs.client.send(new CreateClusterCommand({}));
    const containerDefinitions = [{ name: 'app', image: 'nginx', memory: 64 }];
    await ecs.client.send(new RegisterTaskDefinitionCommand({ family: 'web', containerDefinitions }));
    const refused = create(ecs, { strategy: 'BLUE_GREEN' });
    await expect(refused).rejects.toBeInstanceOf(UnsupportedFeatureException);
    await expect(refused).rejects.toThrow(/no load balancer .* use the strategy ROLLING/);
  });
});

test('DescribeServiceDeployments, of one that waits at a hook, tells its stage, hook and traffic', async () => {
  const ecs = await open();
  await create(ecs, CANARY);
  const reconcile = async () => {
    for (let round = 0; round < 20; round += 1) await reconcileService(ecs.deps, 'default', 'shop');
  };
  await reconcile();
  ecs.clock.advance(1_000);
  await ecs.client.send(new UpdateServiceCommand({ service: 'shop', forceNewDeployment: true }));
  await reconcile();
  const { serviceDeployments = [] } = await ecs.client.send(new ListServiceDeploymentsCommand({ service: 'shop' }));
  const serviceDeploymentArns = serviceDeployments.map(({ serviceDeploymentArn = '' }) => serviceDeploymentArn);
  const told = await ecs.client.send(new DescribeServiceDeploymentsCommand({ serviceDeploymentArns }));
  expect(told.serviceDeployments).toMatchObject([
    {
      status: 'IN_PROGRESS',
      lifecycleStage: 'POST_TEST_TRAFFIC_SHIFT',
      lifecycleHookDetails: [
        {
          hookId: expect.stringMatching(/^ecs-pause-\d{19}-1$/),
          targetType: 'PAUSE',
          status: 'AWAITING_ACTION',
          expiresAt: new Date(ecs.clock.now() + 600_000),
          timeoutAction: 'CONTINUE',
        },
      ],
      deploymentConfiguration: CANARY,
      sourceServiceRevisions: [{ requestedProductionTrafficWeight: 100, requestedTestTrafficWeight: 0 }],
      targetServiceRevision: { requestedProductionTrafficWeight: 0, requestedTestTrafficWeight: 100 },
    },
    { status: 'SUCCESSFUL', lifecycleStage: 'CLEAN_UP', lifecycleHookDetails: [] },
  ]);
});
