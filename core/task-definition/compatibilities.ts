import { Fault } from '#core/fault.ts';
import type { LaunchType } from '#core/model/task-definition.ts';
import type { DefinitionDraft } from './draft.ts';
import { validateFargate } from './validate-fargate.ts';

/** The launch types a valid definition can run on, in the order ECS lists them. */
export function compatibilitiesOf(task: DefinitionDraft): readonly LaunchType[] {
  if (task.networkMode !== 'awsvpc') return ['EXTERNAL', 'EC2'];
  return fitsFargate(task) ? ['EC2', 'FARGATE'] : ['EC2'];
}

function fitsFargate(task: DefinitionDraft): boolean {
  try {
    validateFargate(task);
    return true;
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}
