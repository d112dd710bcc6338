import {
  ContinueServiceDeploymentCommand,
  CreateServiceCommand,
  DescribeServiceDeploymentsCommand,
  DescribeServiceRevisionsCommand,
  DescribeServicesCommand,
  type ECSClient,
  ListServiceDeploymentsCommand,
  StopServiceDeploymentCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { given, instancesThere, registerMain } from '#test/support/e2e-ecs.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const service = 'web';
/** A container that ends by its own fault as soon as it runs. */
const CRASHING = {
  environment: [
    { name: 'BERTH_SIM_EXIT_AFTER_MS', value: '1' },
    { name: 'BERTH_SIM_EXIT_CODE', value: '1' },
  ],
};

describe('service deployments', () => {
  let ecs: ECSClient;

  const history = async () =>
    given((await ecs.send(new ListServiceDeploymentsCommand({ service }))).serviceDeployments);
  const newest = async () => given((await history())[0]);
  const until = (status: string) =>
    waitUntil(`a newest deployment that is ${status}`, newest, (found) => found.status === status, {
      withinMs: 30_000,
    });

  beforeAll(async () => {
    ({ ecs } = await startStack({ args: ['--runtime', 'simulated', '--time-scale', '0.05'] }));
    await instancesThere(ecs, 1);
    await registerMain(ecs, 'web');
    const deploymentConfiguration = { deploymentCircuitBreaker: { enable: true, rollback: true } };
    await ecs.send(
      new CreateServiceCommand({
        serviceName: service,
        taskDefinition: 'web:1',
        desiredCount: 2,
        deploymentConfiguration,
      }),
    );
    await until('SUCCESSFUL');
  });

  it('of a service that reached its desired count, tell what ran and when it was done', async () => {
    const { serviceDeploymentArn = '', targetServiceRevisionArn = '' } = await newest();
    const { serviceDeployments } = await ecs.send(
      new DescribeServiceDeploymentsCommand({ serviceDeploymentArns: [serviceDeploymentArn] }),
    );
    expect(serviceDeployments).toMatchObject([
      {
        status: 'SUCCESSFUL',
        finishedAt: expect.any(Date),
        targetServiceRevision: { arn: targetServiceRevisionArn, requestedTaskCount: 2 },
        deploymentCircuitBreaker: { status: 'MONITORING_COMPLETE', threshold: 3 },
      },
    ]);
    const { serviceRevisions } = await ecs.send(
      new DescribeServiceRevisionsCommand({ serviceRevisionArns: [targetServiceRevisionArn] }),
    );
    expect(serviceRevisions).toMatchObject([{ taskDefinition: expect.stringMatching(/web:1$/), launchType: 'EC2' }]);
    const { services } = await ecs.send(new DescribeServicesCommand({ services: [service] }));
    expect(services).toMatchObject([{ currentServiceDeployment: serviceDeploymentArn }]);
  });

  it('of a revision that crashes, are rolled back to the revision before by the circuit breaker', async () => {
    await registerMain(ecs, 'web', CRASHING);
    await ecs.send(new UpdateServiceCommand({ service, taskDefinition: 'web:2' }));
    await until('ROLLBACK_SUCCESSFUL');
    const { services } = await ecs.send(new DescribeServicesCommand({ services: [service] }));
    expect(services).toMatchObject([{ taskDefinition: expect.stringMatching(/web:1$/), runningCount: 2 }]);
    const told = (services?.[0]?.events ?? []).map(({ message }) => message);
    expect(told).toContainEqual(expect.stringContaining('deployment failed: tasks failed to start.'));
    expect(told).toContainEqual(expect.stringContaining('rolling back to deployment'));
  });

  it('under way, stopped by a user, roll back; once over, are refused as a conflict', async () => {
    await registerMain(ecs, 'web', { environment: [{ name: 'BERTH_SIM_START_DELAY_MS', value: '20000' }] });
    await ecs.send(new UpdateServiceCommand({ service, taskDefinition: 'web:3' }));
    const { value } = await until('IN_PROGRESS');
    const { serviceDeploymentArn } = value;
    await ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }));
    await until('ROLLBACK_SUCCESSFUL');
    await expect(ecs.send(new StopServiceDeploymentCommand({ serviceDeploymentArn }))).rejects.toMatchObject({
      name: 'ConflictException',
    });
  });

  it('that wait at no hook, are not continued', async () => {
    const { serviceDeploymentArn } = await newest();
    const hookId = 'ecs-pause-1-1';
    await expect(
      ecs.send(new ContinueServiceDeploymentCommand({ serviceDeploymentArn, hookId })),
    ).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
  });

  it('listed by status and page by page, come newest first', async () => {
    const all = await history();
    expect(all.map(({ status }) => status)).toEqual(['ROLLBACK_SUCCESSFUL', 'ROLLBACK_SUCCESSFUL', 'SUCCESSFUL']);
    const first = await ecs.send(new ListServiceDeploymentsCommand({ service, maxResults: 2 }));
    const { nextToken } = first;
    const second = await ecs.send(new ListServiceDeploymentsCommand({ service, maxResults: 2, nextToken }));
    expect([...given(first.serviceDeployments), ...given(second.serviceDeployments)]).toEqual(all);
    expect(second.nextToken).toBeUndefined();
    const { serviceDeployments } = await ecs.send(
      new ListServiceDeploymentsCommand({ service, status: ['SUCCESSFUL'] }),
    );
    expect(serviceDeployments).toHaveLength(1);
  });
});
