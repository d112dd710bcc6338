import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import type { Shape, Structure } from '../schema/shape.ts';
import { policyOf } from './declared-members.ts';
import type { MemberPolicy, Refusal } from './member-policy.ts';

/**
 * Throws Unsupported for the first member of a decoded request that Berth cannot give its meaning: it is refused
 * rather than forgotten. A member nobody declared is one, so a new version of the model adds nothing unseen.
 */
export function refuseUnserved(shape: Shape, value: unknown): void {
  switch (shape.kind) {
    case 'structure':
      refuseMembers(shape, value as Readonly<Record<string, unknown>>);
      return;
    case 'list':
      for (const item of value as readonly unknown[]) refuseUnserved(shape.item(), item);
      return;
    case 'map':
      for (const item of Object.values(value as object)) refuseUnserved(shape.value(), item);
      return;
    case 'string':
    case 'number':
    case 'boolean':
    case 'timestamp':
    case 'document':
      return;
    default:
      assertNever(shape);
  }
}

function refuseMembers({ name: structure, members }: Structure, given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    const policy = policyOf(structure, name);
    if (!policy) throw new Fault('Unsupported', `Berth does not serve '${name}' of ${structure} yet.`);
    const refusal = refusalOf(policy);
    if (refusal?.applies(value)) throw new Fault('Unsupported', refusal.message(value));
    const shape = members.get(name)?.();
    if (policy.kind === 'supported' && shape) refuseUnserved(shape, value);
  }
}

function refusalOf(policy: MemberPolicy): Refusal | undefined {
  switch (policy.kind) {
    case 'supported':
      return policy.except;
    case 'refused':
      return policy.refusal;
    case 'echoed':
    case 'unstartable':
    case 'ignored':
      return undefined;
    default:
      return assertNever(policy);
  }
}
