import { Fault } from '../fault.ts';
import type { JsonObject } from '../json.ts';
import type { ClusterSetting } from '../model/cluster.ts';

/** What containerInsights may be, for a cluster and for an account. */
export const INSIGHTS_VALUES: readonly string[] = ['enabled', 'disabled', 'enhanced'];

/** Throws InvalidParameter for a setting twice or a value it cannot have. */
export function checkSettings(settings: readonly ClusterSetting[]): void {
  if (new Set(settings.map(({ name }) => name)).size < settings.length) invalid('Duplicate cluster settings found.');
  const wrong = settings.find(({ value }) => !INSIGHTS_VALUES.includes(value));
  if (wrong) {
    invalid(`Invalid setting value '${wrong.value}' for ${wrong.name}. Use one of: ${INSIGHTS_VALUES.join(', ')}.`);
  }
}

/** Throws InvalidParameter when what is said about the logs of ExecuteCommand contradicts itself. */
export function checkConfiguration(configuration: JsonObject): void {
  const execute = configuration['executeCommandConfiguration'] as JsonObject | undefined;
  const isOverridden = execute?.['logging'] === 'OVERRIDE';
  if (isOverridden && !execute?.['logConfiguration']) {
    invalid('A log configuration is required when the logging of ExecuteCommand is OVERRIDE.');
  }
  if (!isOverridden && execute?.['logConfiguration']) {
    invalid('A log configuration may be given only when the logging of ExecuteCommand is OVERRIDE.');
  }
}

/** Settings with others put over them. */
export const mergeSettings = (
  old: readonly ClusterSetting[],
  changed: readonly ClusterSetting[],
): readonly ClusterSetting[] => {
  const names = new Set(changed.map(({ name }) => name));
  return [...old.filter(({ name }) => !names.has(name)), ...changed];
};

const invalid = (message: string): never => {
  throw new Fault('InvalidParameter', message);
};
