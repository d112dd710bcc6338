import type { PodExplanation } from './explanation.ts';
import { renderTask } from './render-explanation.ts';
import { admissionText, verdictLines } from './render-profiles.ts';
import { printable } from './table.ts';

/** Why one pod does not run, for people: who takes it, what its containers wait for, where its task stands. */
export function renderPod(pod: PodExplanation): string {
  const { namespace, name, phase, isBeingDeleted, admitted, admission, profiles, waiting, task } = pod;
  const size =
    admitted && `profile ${printable(admitted.profile)} took it, as ${printable(admitted.capacityProvisioned)}`;
  return [
    `pod ${printable(namespace)}/${printable(name)} is ${printable(phase)}${isBeingDeleted ? ' and being deleted' : ''}`,
    size ?? admissionText(admission),
    ...(size === undefined && admission.kind === 'unmatched' ? profiles.flatMap(verdictLines) : []),
    ...waiting.map(({ container, reason, message }) =>
      [`container ${printable(container)} waits`, printable(reason), printable(message)]
        .filter((part) => part !== '')
        .join(': '),
    ),
    ...(task ? [renderTask(task)] : []),
  ].join('\n');
}
