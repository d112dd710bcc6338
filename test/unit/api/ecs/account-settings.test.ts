import {
  CreateClusterCommand,
  ListAccountSettingsCommand,
  PutAccountSettingDefaultCommand,
  type Setting,
  SettingName,
} from '@aws-sdk/client-ecs';
import { expect, test } from 'vitest';
import { SETTING_NAMES } from '#core/account/setting-rules.ts';
import { openEcs } from '#test/support/ecs-request.ts';

test('ListAccountSettings, of those in effect, pages through every name of the model once', async () => {
  const { client } = openEcs();
  const settings: Setting[] = [];
  let nextToken: string | undefined;
  do {
    const page = await client.send(
      new ListAccountSettingsCommand({ effectiveSettings: true, maxResults: 4, nextToken }),
    );
    settings.push(...(page.settings ?? []));
    nextToken = page.nextToken;
  } while (nextToken !== undefined);
  expect(settings.map(({ name }) => name)).toEqual(Object.values(SettingName).toSorted());
  expect(SETTING_NAMES).toEqual(SETTING_NAMES.toSorted());
});

test('CreateCluster, repeated after the default of containerInsights changed, is still the same request', async () => {
  const { client } = openEcs();
  await client.send(new CreateClusterCommand({ clusterName: 'a' }));
  await client.send(new PutAccountSettingDefaultCommand({ name: 'containerInsights', value: 'enabled' }));
  const settingsOf = async (clusterName: string) =>
    (await client.send(new CreateClusterCommand({ clusterName }))).cluster?.settings;
  expect(await settingsOf('a')).toEqual([{ name: 'containerInsights', value: 'disabled' }]);
  expect(await settingsOf('b')).toEqual([{ name: 'containerInsights', value: 'enabled' }]);
});
