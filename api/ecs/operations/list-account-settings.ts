import {
  ListAccountSettings$,
  type ListAccountSettingsRequest,
  type ListAccountSettingsResponse,
} from '@aws-sdk/client-ecs';
import { effectiveSettings, ownSettings } from '#control/account-settings/account-settings.ts';
import { Fault } from '#core/fault.ts';
import type { AccountSetting } from '#core/model/account-setting.ts';
import { settingPrincipal } from '../identifiers.ts';
import { paged } from '../listing.ts';
import { operation } from '../operation.ts';
import { settingView } from '../views/account-setting.ts';

const PAGE = 10;

export const listAccountSettingsOperation = operation<ListAccountSettingsRequest, ListAccountSettingsResponse>(
  ListAccountSettings$,
  async (call, input) => {
    const { deps } = call;
    const { name, value, effectiveSettings: isEffective = false } = input;
    if (value !== undefined && name === undefined) {
      throw new Fault('InvalidParameter', 'A value can be asked for only together with a name.');
    }
    const principalArn = settingPrincipal(deps.scope, input.principalArn) ?? call.principalArn;
    const listing = {
      operation: 'ListAccountSettings',
      filter: [principalArn, name ?? null, value ?? null, isEffective],
    };
    const read = isEffective ? effectiveSettings : ownSettings;
    const { page, nextToken } = await paged(
      call,
      listing,
      input,
      async (range) => {
        const all = await read(deps, principalArn, name === undefined ? undefined : [name]);
        return pageOf(
          all.filter((setting) => value === undefined || setting.value === value),
          range,
        );
      },
      PAGE,
    );
    return { settings: page.settings.map(settingView), nextToken };
  },
);

/** There are a dozen settings, so all are read to show some. */
function pageOf(
  settings: readonly AccountSetting[],
  { after = '', limit }: { readonly after?: string; readonly limit: number },
): { readonly settings: readonly AccountSetting[]; readonly next?: string } {
  const left = settings.filter(({ name }) => name > after);
  const shown = left.slice(0, limit);
  const last = shown.at(-1);
  return left.length > shown.length && last ? { settings: shown, next: last.name } : { settings: shown };
}
