import { recordEvent } from '#control/kube/events/record-event.ts';
import { assertNever } from '#core/assert-never.ts';
import { Fault } from '#core/fault.ts';
import type { DeploymentAction, DeploymentPlan } from '#core/kube/deployment/plan-deployment.ts';
import type { KubeObject } from '#core/kube/object.ts';
import { replicaSetSpec } from '#core/kube/replica-set/replica-set.ts';
import { resourceNamed } from '#core/kube/resources.ts';
import { disowned, owned } from '#core/kube/workload/owner.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Write } from '../../ports.ts';
import type { Versioned } from '../../records.ts';
import { parts } from '../commit-in-parts.ts';
import { type Commit, commitObjects } from '../commit-objects.ts';
import { planCreations } from '../create-object.ts';
import { planDeletion } from '../delete-object.ts';
import type { ObjectId } from '../records.ts';

const COMPONENT = 'deployment-controller';

interface Application {
  readonly id: ObjectId;
  readonly before: Versioned<KubeObject>;
  /** ReplicaSets of the namespace, as they were read. */
  readonly sets: readonly Versioned<KubeObject>[];
  readonly plan: DeploymentPlan;
}

/**
 * The one door through which a Deployment's plan reaches the store: one transaction, in which the Deployment stands as it was read.
 * So a worker that comes late changes nothing. False when it met something that has changed meanwhile.
 */
export async function applyDeploymentPlan(deps: Dependencies, application: Application): Promise<boolean> {
  const { id, before, plan } = application;
  if (plan.actions.length === 0 && plan.deployment === before.value) return true;
  const planned = await commitsOf(deps, application);
  if (!planned) return true;
  const [part = []] = parts(planned.commits);
  const own = { kind: 'update', id, before, after: plan.deployment } as const;
  const result = await commitObjects(deps, [own, ...part], planned.guard);
  if (result.kind === 'conflict') return false;
  for (const message of plan.actions.flatMap(scaling)) {
    const news = { type: 'Normal', reason: 'ScalingReplicaSet', message, component: COMPONENT } as const;
    await recordEvent(deps, id.cluster, plan.deployment, news);
  }
  return true;
}

interface Planned {
  readonly commits: readonly Commit[];
  readonly guard: readonly Write[];
}

/** Undefined when a ReplicaSet is refused: that is told, and tried again by the sweep. */
async function commitsOf(deps: Dependencies, { id, before, sets, plan }: Application): Promise<Planned | undefined> {
  const commits = plan.actions.flatMap((action) => commitOf(deps, id, before.value, sets, action));
  const drafts = plan.actions.flatMap((action) => (action.kind === 'create' ? [action.set] : []));
  if (drafts.length === 0) return { commits, guard: [] };
  const target = { cluster: id.cluster, resource: resourceNamed('replicasets.apps'), namespace: id.namespace };
  try {
    const made = await planCreations(deps, target, drafts);
    return { commits: [...made.commits, ...commits], guard: made.guard };
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'Contended' || error.code === 'Unavailable') throw error;
    const message = `Failed to create new replica set: ${error.message}`;
    const news = { type: 'Warning', reason: 'ReplicaSetCreateError', message, component: COMPONENT } as const;
    await recordEvent(deps, id.cluster, before.value, news);
    return undefined;
  }
}

function commitOf(
  deps: Dependencies,
  owner: ObjectId,
  deployment: KubeObject,
  sets: readonly Versioned<KubeObject>[],
  action: DeploymentAction,
): readonly Commit[] {
  if (action.kind === 'create') return [];
  const before = sets.find(({ value }) => value === action.set);
  if (!before) return [];
  const id = { ...owner, resource: 'replicasets.apps', name: action.set.metadata.name };
  switch (action.kind) {
    case 'adopt':
      return [{ kind: 'update', id, before, after: owned(action.set, deployment) }];
    case 'release':
      return [{ kind: 'update', id, before, after: disowned(action.set, deployment) }];
    case 'change':
      return [{ kind: 'update', id, before, after: action.after }];
    case 'delete': {
      const commit = planDeletion(resourceNamed('replicasets.apps'), id, before, deps.clock.now());
      return commit ? [commit] : [];
    }
    default:
      return assertNever(action);
  }
}

/** `Scaled up replica set web-5d4f8c7b9 from 0 to 3`. */
function scaling(action: DeploymentAction): readonly string[] {
  if (action.kind === 'create') {
    const name = (action.set['metadata'] as { readonly name: string }).name;
    return action.replicas > 0 ? [`Scaled up replica set ${name} from 0 to ${action.replicas}`] : [];
  }
  if (action.kind !== 'change') return [];
  const from = replicaSetSpec(action.set).replicas;
  const to = replicaSetSpec(action.after).replicas;
  if (from === to) return [];
  return [`Scaled ${to > from ? 'up' : 'down'} replica set ${action.set.metadata.name} from ${from} to ${to}`];
}
