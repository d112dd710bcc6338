import { checkSetting, initialValue, SETTING_NAMES } from '#core/account/setting-rules.ts';
import type { AccountSetting } from '#core/model/account-setting.ts';
import type { Dependencies } from '../dependencies.ts';
import { accountSettings, put, read, readMany, remove } from '../records.ts';
import { type CONFLICT, unlessConflict, untilCommitted } from '../until-committed.ts';

type Deps = Pick<Dependencies, 'store' | 'scope'>;

/** What holds for every principal that has no setting of its own is kept under this one. */
export const rootArn = ({ scope }: Pick<Dependencies, 'scope'>): string => `arn:aws:iam::${scope.accountId}:root`;

/** Faults: InvalidParameter. */
export async function putAccountSetting(deps: Deps, setting: AccountSetting): Promise<AccountSetting> {
  checkSetting(setting.name, setting.value);
  await untilCommitted(`account setting ${setting.name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const before = await read(deps.store, accountSettings, setting);
    if (before?.value.value === setting.value) return undefined;
    return unlessConflict(
      await deps.store.transact([put(accountSettings, setting, setting, before?.version ?? 'absent')]),
    );
  });
  return setting;
}

/** Forgets what a principal set, and answers with what counts from now on. Faults: InvalidParameter. */
export async function deleteAccountSetting(
  deps: Deps,
  id: Pick<AccountSetting, 'name' | 'principalArn'>,
): Promise<AccountSetting> {
  const initial = initialValue(id.name);
  await untilCommitted(`account setting ${id.name}`, async (): Promise<undefined | typeof CONFLICT> => {
    const before = await read(deps.store, accountSettings, id);
    if (!before) return undefined;
    return unlessConflict(await deps.store.transact([remove(accountSettings, id, before.version)]));
  });
  const [effective] = await effectiveSettings(deps, id.principalArn, [id.name]);
  return { value: initial, ...effective, ...id };
}

/** What a principal set itself, in order of names. */
export async function ownSettings(
  { store }: Deps,
  principalArn: string,
  names = SETTING_NAMES,
): Promise<readonly AccountSetting[]> {
  const found = await readMany(
    store,
    accountSettings,
    names.map((name) => ({ name, principalArn })),
  );
  return found.flatMap((setting) => (setting ? [setting.value] : []));
}

/** What counts for a principal: its own setting, the account's, or the value it has from the start. */
export async function effectiveSettings(
  deps: Deps,
  principalArn: string,
  names = SETTING_NAMES,
): Promise<readonly AccountSetting[]> {
  const root = rootArn(deps);
  const [own, account] = await Promise.all([ownSettings(deps, principalArn, names), ownSettings(deps, root, names)]);
  return names.map((name) => {
    const isThis = (setting: AccountSetting): boolean => setting.name === name;
    return own.find(isThis) ?? account.find(isThis) ?? { name, value: initialValue(name), principalArn: root };
  });
}
