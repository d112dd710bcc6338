import { Fault } from '#core/fault.ts';
import type { Tag } from '#core/model/tag.ts';
import type { TaskDefinition } from '#core/model/task-definition.ts';
import { compatibilitiesOf } from '#core/task-definition/compatibilities.ts';
import type { DefinitionDraft } from '#core/task-definition/draft.ts';
import { fillDefaults } from '#core/task-definition/fill-defaults.ts';
import { validateDefinition } from '#core/task-definition/validate.ts';
import type { Dependencies } from '../dependencies.ts';
import { definitions, families, put, read } from '../records.ts';
import { CONFLICT, untilCommitted } from '../until-committed.ts';

export interface RegisterIntent {
  readonly draft: DefinitionDraft;
  readonly tags: readonly Tag[];
  /** ARN of the caller. */
  readonly registeredBy: string;
}

/** AWS's quota for one task definition. */
const MAX_BYTES = 64 * 1024;

/** Validates a draft and stores it as the family's next revision. Faults: Refused, Contended. */
export function registerTaskDefinition(
  deps: Pick<Dependencies, 'store' | 'clock'>,
  intent: RegisterIntent,
): Promise<TaskDefinition> {
  const { draft, tags, registeredBy } = intent;
  const { family } = draft;
  validateDefinition(draft);
  const document = fillDefaults(draft);
  refuseOversize(document);
  const compatibilities = compatibilitiesOf(draft);
  return untilCommitted(`revision of task definition family ${family}`, async () => {
    const counter = await read(deps.store, families, family);
    const revision = (counter?.value.latest ?? 0) + 1;
    const definition: TaskDefinition = {
      family,
      revision,
      status: 'ACTIVE',
      document,
      compatibilities,
      registeredAt: deps.clock.now(),
      registeredBy,
      tags,
    };
    // Invariant: counter and revision move together, so no revision number is used twice.
    const outcome = await deps.store.transact([
      put(families, family, { family, latest: revision }, counter?.version ?? 'absent'),
      put(definitions, { family, revision }, definition, 'absent'),
    ]);
    return outcome.kind === 'committed' ? definition : CONFLICT;
  });
}

function refuseOversize(document: unknown): void {
  // Percent-encoding writes each byte that is not plain ASCII as one escape, so escapes and the rest count the bytes.
  const bytes = encodeURIComponent(JSON.stringify(document).toWellFormed()).replace(/%[0-9A-F]{2}/g, '_').length;
  if (bytes > MAX_BYTES)
    throw new Fault('Refused', `Actual length: '${bytes}'. Max allowed length is '${MAX_BYTES}' bytes.`);
}
