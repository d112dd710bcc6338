import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { capacityProvider, clusterCapacityProviders } from '#test/support/declarative/capacity.ts';
import { cluster } from '#test/support/declarative/cluster.ts';
import { plan, type Values } from '#test/support/declarative/plan.ts';
import { service } from '#test/support/declarative/service.ts';
import { FARGATE_SERVICES, SERVICES } from '#test/support/declarative/service-configurations.ts';
import { accountSettingDefault, tag } from '#test/support/declarative/settings.ts';
import { taskDefinition } from '#test/support/declarative/task-definition.ts';
import { TASK_DEFINITIONS } from '#test/support/declarative/task-definition-configurations.ts';
import { apply, destroy, nextPlan } from '#test/support/declarative/terraform.ts';
import { untilStable } from '#test/support/e2e-ecs.ts';
import { type RunningStack, startStack } from '#test/support/running-stack.ts';

const GROUP = 'arn:aws:autoscaling:us-east-1:000000000000:autoScalingGroup:uuid:autoScalingGroupName/workers';

/** Terraform itself cannot run here: test/support/declarative makes the provider's calls and compares as it does. */
describe('what the AWS provider of Terraform applies', () => {
  let stack: RunningStack;
  let definition = '';
  let fargate = '';

  beforeAll(async () => {
    stack = await startStack();
    const web = JSON.stringify([{ name: 'main', image: 'nginx', memory: 32, portMappings: [{ containerPort: 80 }] }]);
    definition = (await apply(stack.ecs, taskDefinition, { family: 'tf-web', container_definitions: web })).id;
    const size = { network_mode: 'awsvpc', cpu: '256', memory: '512', requires_compatibilities: ['FARGATE'] };
    fargate = (await apply(stack.ecs, taskDefinition, { family: 'tf-far', container_definitions: web, ...size })).id;
    await stack.ecs.send(
      new CreateClusterCommand({ clusterName: 'spread', capacityProviders: ['FARGATE', 'FARGATE_SPOT'] }),
    );
  });

  it.each(Object.entries(TASK_DEFINITIONS))(
    'a task definition (%s), has an empty second plan',
    async (_what, config) => {
      const { id, state } = await apply(stack.ecs, taskDefinition, config);
      expect(plan(taskDefinition.schema, config, state)).toEqual([]);
      await destroy(stack.ecs, taskDefinition, id, config);
    },
  );

  it('a task definition with another image, is planned anew', async () => {
    const config = TASK_DEFINITIONS['a web server on Fargate'] as Values;
    const { state } = await apply(stack.ecs, taskDefinition, config);
    const other = String(config['container_definitions']).replace('nginx:1.27', 'nginx:1.28');
    const changes = plan(taskDefinition.schema, { ...config, container_definitions: other }, state);
    expect(changes).toHaveLength(1);
    expect(changes[0]).toContain('container_definitions:');
  });

  it.each(Object.entries(SERVICES))('a service (%s), has an empty second plan', async (what, settings) => {
    const name = what.replaceAll(/[^a-z]+/gi, '-');
    const config = { name, cluster: 'default', task_definition: definition, ...settings };
    const { id, state } = await apply(stack.ecs, service, config);
    expect(plan(service.schema, config, state)).toEqual([]);
    if (settings['desired_count']) await untilStable(stack.ecs, name);
    expect(await nextPlan(stack.ecs, service, id, config)).toEqual([]);
    await destroy(stack.ecs, service, id, config);
  });

  it.each(Object.entries(FARGATE_SERVICES))('a service (%s), has an empty second plan', async (what, settings) => {
    const name = what.replaceAll(/[^a-z]+/gi, '-');
    const config = { name, cluster: 'spread', task_definition: fargate, ...settings };
    const { id, state } = await apply(stack.ecs, service, config);
    expect(plan(service.schema, config, state)).toEqual([]);
    await destroy(stack.ecs, service, id, config);
  });

  it('a service named by family and cluster ARN, has an empty second plan', async () => {
    const { id } = await apply(stack.ecs, cluster, { name: 'by-arn' });
    const config = { name: 'by-arn', cluster: id, task_definition: 'tf-web:1' };
    const made = await apply(stack.ecs, service, config);
    expect(plan(service.schema, config, made.state)).toEqual([]);
  });

  it('a service changed in its configuration, is planned, updated, and has an empty plan then', async () => {
    const before = { name: 'changing', cluster: 'default', task_definition: definition };
    const { id, state } = await apply(stack.ecs, service, before);
    const after = {
      ...before,
      ...SERVICES['percentages, breaker and controller'],
      ...SERVICES['a load balancer and a registry'],
      ...SERVICES['placement of its own'],
      ...SERVICES['rebalancing off'],
      enable_execute_command: true,
      propagate_tags: 'TASK_DEFINITION',
    };
    expect(plan(service.schema, after, state).length).toBeGreaterThan(8);
    await service.update?.(stack.ecs, id, after, state);
    expect(await nextPlan(stack.ecs, service, id, after)).toEqual([]);

    const back = { ...before, placement_constraints: [], ordered_placement_strategy: [], load_balancer: [] };
    const undone = plan(service.schema, back, (await service.read(stack.ecs, id, back)) as Values);
    expect(undone.map((line) => line.split(':')[0])).toContain('load_balancer');
    await service.update?.(stack.ecs, id, back, (await service.read(stack.ecs, id, back)) as Values);
    // AWS keeps a grace period that an update does not name, as the provider itself does not send one that is not set.
    expect((await nextPlan(stack.ecs, service, id, back)).map((line) => line.split(':')[0])).toEqual([
      'health_check_grace_period_seconds',
      'propagate_tags',
    ]);
  });

  it.each<[string, Values]>([
    ['the least there can be', { name: 'tf-plain' }],
    [
      'settings and tags',
      { name: 'tf-set', setting: [{ name: 'containerInsights', value: 'enabled' }], tags: { a: 'b' } },
    ],
    [
      'exec logging and encryption',
      {
        name: 'tf-exec',
        configuration: [
          {
            execute_command_configuration: [
              {
                kms_key_id: 'alias/exec',
                logging: 'OVERRIDE',
                log_configuration: [{ cloud_watch_encryption_enabled: true, cloud_watch_log_group_name: 'exec' }],
              },
            ],
            managed_storage_configuration: [{ kms_key_id: 'alias/disk' }],
          },
        ],
      },
    ],
  ])('a cluster (%s), has an empty second plan', async (_what, config) => {
    const { id, state } = await apply(stack.ecs, cluster, config);
    expect(plan(cluster.schema, config, state)).toEqual([]);
    const changed = { ...config, setting: [{ name: 'containerInsights', value: 'disabled' }] };
    await cluster.update?.(stack.ecs, id, changed, state);
    expect(await nextPlan(stack.ecs, cluster, id, changed)).toEqual([]);
    await destroy(stack.ecs, cluster, id, config);
  });

  it('a capacity provider and its cluster, have an empty second plan, also after a change', async () => {
    const least = { name: 'tf-least', auto_scaling_group_provider: [{ auto_scaling_group_arn: GROUP }] };
    const { id, state } = await apply(stack.ecs, capacityProvider, least);
    expect(plan(capacityProvider.schema, least, state)).toEqual([]);
    const scaling = [{ status: 'ENABLED', target_capacity: 80, maximum_scaling_step_size: 10 }];
    const full = {
      ...least,
      auto_scaling_group_provider: [
        { auto_scaling_group_arn: GROUP, managed_termination_protection: 'ENABLED', managed_scaling: scaling },
      ],
    };
    expect(plan(capacityProvider.schema, full, state)).toHaveLength(1);
    await capacityProvider.update?.(stack.ecs, id, full, state);
    expect(await nextPlan(stack.ecs, capacityProvider, id, full)).toEqual([]);

    await apply(stack.ecs, cluster, { name: 'tf-providers' });
    for (const config of [
      { cluster_name: 'tf-providers' },
      {
        cluster_name: 'tf-providers',
        capacity_providers: ['FARGATE_SPOT', 'FARGATE', 'tf-least'],
        default_capacity_provider_strategy: [{ capacity_provider: 'tf-least', weight: 100, base: 1 }],
      },
    ]) {
      const made = await apply(stack.ecs, clusterCapacityProviders, config);
      expect(plan(clusterCapacityProviders.schema, config, made.state)).toEqual([]);
    }
    await clusterCapacityProviders.destroy(stack.ecs, 'tf-providers', {});
    await destroy(stack.ecs, capacityProvider, id, least);
  });

  it.each([
    ['containerInsights', 'enhanced', 'disabled'],
    ['fargateTaskRetirementWaitPeriod', '14', '7'],
    ['serviceLongArnFormat', 'enabled', 'enabled'],
    ['tagResourceAuthorization', 'on', 'off'],
  ])('the account setting %s, has an empty second plan and can be destroyed', async (name, value, then) => {
    const config = { name, value };
    const { id, state } = await apply(stack.ecs, accountSettingDefault, config);
    expect(plan(accountSettingDefault.schema, config, state)).toEqual([]);
    await accountSettingDefault.destroy(stack.ecs, id, config);
    expect(await accountSettingDefault.read(stack.ecs, id, config)).toEqual({ name, value: then });
  });

  it('a tag of a service, has an empty second plan, also after a change, and goes alone', async () => {
    const owner = { name: 'tagged', cluster: 'default', task_definition: definition, tags: { a: 'b' } };
    const { id: arn } = await apply(stack.ecs, service, owner);
    const config = { resource_arn: arn, key: 'cost', value: '1' };
    const { id, state } = await apply(stack.ecs, tag, config);
    expect(plan(tag.schema, config, state)).toEqual([]);
    await tag.update?.(stack.ecs, id, { ...config, value: '2' }, state);
    expect(await nextPlan(stack.ecs, tag, id, { ...config, value: '2' })).toEqual([]);
    await destroy(stack.ecs, tag, id, config);
    expect(await nextPlan(stack.ecs, service, arn, owner)).toEqual([]);
  });
});
