import { capacityMembers } from './capacity-members.ts';
import { clusterMembers } from './cluster-members.ts';
import { containerMembers } from './container-members.ts';
import { instanceMembers } from './instance-members.ts';
import type { Declaration, MemberPolicy } from './member-policy.ts';
import { serviceDeploymentMembers } from './service-deployment-members.ts';
import { serviceMembers } from './service-members.ts';
import { settingMembers } from './setting-members.ts';
import { taskDefinitionMembers } from './task-definition-members.ts';
import { taskMembers } from './task-members.ts';
import { taskSetMembers } from './task-set-members.ts';

/** Every structure a served request can carry, by the name the model gives it. */
export const DECLARATIONS: readonly Declaration[] = [
  ...clusterMembers,
  ...capacityMembers,
  ...taskDefinitionMembers,
  ...containerMembers,
  ...taskMembers,
  ...serviceMembers,
  ...serviceDeploymentMembers,
  ...taskSetMembers,
  ...instanceMembers,
  ...settingMembers,
];

const byStructure: ReadonlyMap<string, Declaration['members']> = new Map(
  DECLARATIONS.map(({ structure, members }) => [structure, members]),
);

export function policyOf(structure: string, member: string): MemberPolicy | undefined {
  const members = byStructure.get(structure);
  return members && Object.hasOwn(members, member) ? members[member] : undefined;
}
