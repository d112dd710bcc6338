import type { ECSClient, Tag } from '@aws-sdk/client-ecs';
import type { Schema, Values } from './plan.ts';

/** One resource type of the AWS provider: the calls it makes, and how it reads their answers. */
export interface Resource {
  readonly schema: Schema;
  /** The id the provider keeps. */
  readonly create: (ecs: ECSClient, config: Values) => Promise<string>;
  /** Undefined when the provider would remove it from its state. */
  readonly read: (ecs: ECSClient, id: string, config: Values) => Promise<Values | undefined>;
  readonly update?: (ecs: ECSClient, id: string, config: Values, before: Values) => Promise<unknown>;
  readonly destroy: (ecs: ECSClient, id: string, config: Values) => Promise<unknown>;
}

/** Terraform writes tags as a map. */
export const tagMap = (tags: readonly Tag[] | undefined): Values =>
  Object.fromEntries((tags ?? []).map(({ key = '', value = '' }) => [key, value]));

/** The provider leaves `tags` out of a request when there are none. */
export const tagList = (config: Values): { tags?: Tag[] } => {
  const entries = Object.entries((config['tags'] ?? {}) as Readonly<Record<string, string>>);
  return entries.length > 0 ? { tags: entries.map(([key, value]) => ({ key, value })) } : {};
};

/** The only element of a block that may be given once. */
export const only = (value: unknown): Values | undefined => (value as readonly Values[] | undefined)?.[0];

/** A list with one block, or none: how the provider writes an optional structure. */
export const asBlock = (values: Values | undefined): readonly Values[] => (values ? [values] : []);

/** Leaves out what Terraform's SDK calls not set: zero values. */
export const given = <T extends Values>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } =>
  Object.fromEntries(
    Object.entries(values).filter(
      ([, value]) =>
        value !== undefined && value !== '' && value !== 0 && !(Array.isArray(value) && value.length === 0),
    ),
  ) as { [Name in keyof T]?: Exclude<T[Name], undefined> };
