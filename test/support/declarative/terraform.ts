import type { ECSClient } from '@aws-sdk/client-ecs';
import { waitUntil } from '../wait-until.ts';
import { plan, type Values } from './plan.ts';
import type { Resource } from './resource.ts';

/** One resource as `terraform apply` made it. */
export interface Applied {
  readonly id: string;
  readonly state: Values;
}

/** Create, wait until the provider finds it, read it back. */
export async function apply(ecs: ECSClient, resource: Resource, config: Values): Promise<Applied> {
  const id = await resource.create(ecs, config);
  return { id, state: await refresh(ecs, resource, id, config) };
}

/** Throws when the provider would take the resource for gone. */
export async function refresh(ecs: ECSClient, resource: Resource, id: string, config: Values): Promise<Values> {
  const state = await resource.read(ecs, id, config);
  if (!state) throw new Error(`${id} is not there after it was applied`);
  return state;
}

/** What the next plan would change. */
export const nextPlan = async (ecs: ECSClient, resource: Resource, id: string, config: Values) =>
  plan(resource.schema, config, await refresh(ecs, resource, id, config));

/** Destroy, and wait until the provider would no longer find it. */
export async function destroy(ecs: ECSClient, resource: Resource, id: string, config: Values): Promise<void> {
  await resource.destroy(ecs, id, config);
  await waitUntil(
    `${id} to be gone`,
    () => resource.read(ecs, id, config),
    (state) => state === undefined,
    { withinMs: 30_000 },
  );
}
