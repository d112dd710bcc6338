import type { Setting } from '@aws-sdk/client-ecs';
import { isManagedSetting } from '#core/account/setting-rules.ts';
import type { AccountSetting } from '#core/model/account-setting.ts';

export const settingView = ({ name, value, principalArn }: AccountSetting): Setting => ({
  name: name as Setting['name'],
  value,
  principalArn,
  type: isManagedSetting(name) ? 'aws_managed' : 'user',
});
