import {
  DeleteAccountSetting$,
  type DeleteAccountSettingRequest,
  type DeleteAccountSettingResponse,
} from '@aws-sdk/client-ecs';
import { deleteAccountSetting } from '#control/account-settings/account-settings.ts';
import { settingPrincipal } from '../identifiers.ts';
import { operation } from '../operation.ts';
import { settingView } from '../views/account-setting.ts';

export const deleteAccountSettingOperation = operation<DeleteAccountSettingRequest, DeleteAccountSettingResponse>(
  DeleteAccountSetting$,
  async ({ deps, principalArn }, { name = '', principalArn: other }) => {
    const id = { name, principalArn: settingPrincipal(deps.scope, other) ?? principalArn };
    return { setting: settingView(await deleteAccountSetting(deps, id)) };
  },
);
