import type { Service } from '#core/model/service.ts';
import { constraintsOf } from '#core/placement/constraints.ts';
import type { Daemon } from '#core/placement/daemon.ts';
import type { Dependencies } from '../dependencies.ts';
import { loadDefinition } from '../task-definitions/load-definition.ts';
import { definedMembers, taskConstraints } from '../tasks/draft-task.ts';
import { serviceGroup } from './service-task.ts';

/** What placement must know of a daemon service: its newest deployment's task. */
export async function daemonOf(deps: Pick<Dependencies, 'store'>, service: Service): Promise<Daemon> {
  const definition = await loadDefinition(deps, service.deployment.definition);
  const { resources, hostPorts } = definedMembers(definition);
  const placementConstraints = taskConstraints(definition, service.placementConstraints);
  return {
    group: serviceGroup(service.name),
    resources,
    hostPorts,
    constraints: constraintsOf({ placementConstraints }),
  };
}
