import {
  PutAccountSetting$,
  PutAccountSettingDefault$,
  type PutAccountSettingDefaultRequest,
  type PutAccountSettingDefaultResponse,
  type PutAccountSettingRequest,
  type PutAccountSettingResponse,
} from '@aws-sdk/client-ecs';
import { putAccountSetting, rootArn } from '#control/account-settings/account-settings.ts';
import { settingPrincipal } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { settingView } from '../views/account-setting.ts';

/**
 * Settings that are on or off may be written as the others are: Terraform destroys every setting by disabling it.
 */
const settingValue = (name: string, value: string): string =>
  name === 'tagResourceAuthorization' ? (ON_OFF[value] ?? value) : value;

const ON_OFF: Readonly<Record<string, string>> = { enabled: 'on', disabled: 'off' };

export const putAccountSettingOperation = operation<PutAccountSettingRequest, PutAccountSettingResponse>(
  PutAccountSetting$,
  async ({ deps, principalArn }, { name = '', value = '', principalArn: other }) => {
    const setting = {
      name,
      value: settingValue(name, value),
      principalArn: settingPrincipal(deps.scope, other) ?? principalArn,
    };
    return { setting: settingView(await putAccountSetting(deps, setting)) };
  },
);

export const putAccountSettingDefaultOperation = operation<
  PutAccountSettingDefaultRequest,
  PutAccountSettingDefaultResponse
>(PutAccountSettingDefault$, async ({ deps }, { name = '', value = '' }) => ({
  setting: settingView(
    await putAccountSetting(deps, { name, value: settingValue(name, value), principalArn: rootArn(deps) }),
  ),
}));
