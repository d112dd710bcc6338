import { INSIGHTS_VALUES } from '../cluster/check-settings.ts';
import { Fault } from '../fault.ts';

interface SettingRule {
  /** What a caller may set it to. */
  readonly values: readonly string[];
  readonly initial: string;
  /** Why some values of ECS's are not among them. */
  readonly refusal?: string;
  /** ECS sets it itself, so nobody else may. */
  readonly isManaged?: true;
}

const ON_OFF = ['on', 'off'];
const ENABLED_DISABLED = ['enabled', 'disabled'];
const LONG_ARNS: SettingRule = {
  values: ['enabled'],
  initial: 'enabled',
  refusal: 'You can no longer disable long ARNs: Berth writes them in the long format only.',
};

/**
 * Every setting there is, in order of names. containerInsights is the default of new clusters; nothing acts on the
 * others: there are no network interfaces, no FIPS endpoints, no policies for tags, no Fargate maintenance and no log
 * drivers of Berth's own that they could change.
 */
const RULES: Readonly<Record<string, SettingRule>> = {
  awsvpcTrunking: { values: ENABLED_DISABLED, initial: 'disabled' },
  containerInsights: { values: INSIGHTS_VALUES, initial: 'disabled' },
  containerInstanceLongArnFormat: LONG_ARNS,
  defaultLogDriverMode: { values: ['blocking', 'non-blocking'], initial: 'non-blocking' },
  fargateEventWindows: { values: ENABLED_DISABLED, initial: 'disabled' },
  fargateFIPSMode: { values: ENABLED_DISABLED, initial: 'disabled' },
  fargateTaskRetirementWaitPeriod: { values: ['0', '7', '14'], initial: '7' },
  guardDutyActivate: { values: [], initial: 'off', isManaged: true },
  serviceLongArnFormat: LONG_ARNS,
  tagResourceAuthorization: { values: ON_OFF, initial: 'off' },
  taskLongArnFormat: LONG_ARNS,
};

export const SETTING_NAMES: readonly string[] = Object.keys(RULES);

/** Its value where nobody said anything else. */
export const initialValue = (name: string): string => ruleOf(name).initial;

export const isManagedSetting = (name: string): boolean => ruleOf(name).isManaged ?? false;

/** Throws InvalidParameter unless a caller may give the setting this value. */
export function checkSetting(name: string, value: string): void {
  const rule = ruleOf(name);
  if (rule.isManaged) throw new Fault('InvalidParameter', `The account setting ${name} cannot be changed.`);
  if (rule.values.includes(value)) return;
  const hint = rule.refusal ?? `Use one of: ${rule.values.join(', ')}.`;
  throw new Fault(
    'InvalidParameter',
    `Invalid value '${value.slice(0, 100)}' for the account setting ${name}. ${hint}`,
  );
}

function ruleOf(name: string): SettingRule {
  const rule = Object.hasOwn(RULES, name) ? RULES[name] : undefined;
  if (!rule) throw new Fault('InvalidParameter', 'Invalid account setting name.');
  return rule;
}
