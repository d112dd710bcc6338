import {
  type ECSClient,
  ListAccountSettingsCommand,
  ListTagsForResourceCommand,
  PutAccountSettingDefaultCommand,
  type SettingName,
  TagResourceCommand,
  UntagResourceCommand,
} from '@aws-sdk/client-ecs';
import { text, type Values } from './plan.ts';
import { type Resource, tagMap } from './resource.ts';

/** aws_ecs_account_setting_default: destroying it puts the setting back. */
export const accountSettingDefault: Resource = {
  schema: { name: text, value: text },
  create: async (ecs, config) => {
    const name = config['name'] as SettingName;
    await ecs.send(new PutAccountSettingDefaultCommand({ name, value: config['value'] as string }));
    return name;
  },
  read: async (ecs, id) => {
    const { settings = [] } = await ecs.send(
      new ListAccountSettingsCommand({ name: id as SettingName, effectiveSettings: true }),
    );
    // The provider asserts that there is exactly one.
    return settings.length === 1 ? { name: settings[0]?.name, value: settings[0]?.value } : undefined;
  },
  update: (ecs, id, config) =>
    ecs.send(new PutAccountSettingDefaultCommand({ name: id as SettingName, value: config['value'] as string })),
  destroy: async (ecs, id) => {
    const value = id === 'fargateTaskRetirementWaitPeriod' ? '7' : 'disabled';
    try {
      await ecs.send(new PutAccountSettingDefaultCommand({ name: id as SettingName, value }));
    } catch (error) {
      const isExpected =
        error instanceof Error &&
        error.name === 'InvalidParameterException' &&
        error.message.includes('You can no longer disable');
      if (!isExpected) throw error;
    }
  },
};

/** aws_ecs_tag: one tag of a resource that somebody else made. */
export const tag: Resource = {
  schema: { resource_arn: text, key: text, value: text },
  create: async (ecs, config) => {
    await put(ecs, config);
    return `${config['resource_arn']},${config['key']}`;
  },
  read: async (ecs, id) => {
    const [resourceArn = '', key = ''] = id.split(',');
    const { tags } = await ecs.send(new ListTagsForResourceCommand({ resourceArn }));
    const value = tagMap(tags)[key];
    return value === undefined ? undefined : { resource_arn: resourceArn, key, value };
  },
  update: (ecs, _id, config) => put(ecs, config),
  destroy: (ecs, id) => {
    const [resourceArn = '', key = ''] = id.split(',');
    return ecs.send(new UntagResourceCommand({ resourceArn, tagKeys: [key] }));
  },
};

const put = (ecs: ECSClient, config: Values): Promise<unknown> =>
  ecs.send(
    new TagResourceCommand({
      resourceArn: config['resource_arn'] as string,
      tags: [{ key: config['key'] as string, value: config['value'] as string }],
    }),
  );
