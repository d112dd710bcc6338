import type { KubeObject } from '#core/kube/object.ts';
import { nameBase, nameSuffix } from '#core/kube/workload/safe-name.ts';
import type { Dependencies } from '../../dependencies.ts';
import type { Versioned } from '../../records.ts';

/**
 * Names of pods a controller makes, each for its number. They derive from the stored version the controller was planned from:
 * workers that plan from the same one choose the same names and collide instead of making pods twice. `attempt` draws others
 * when one of them is taken by somebody else's pod. `infix` stands behind the controller's name.
 */
export const podNames =
  ({ ids }: Dependencies, { value, version }: Versioned<KubeObject>, attempt: number) =>
  (number: number, infix = ''): string => {
    const { name, uid } = value.metadata;
    return `${nameBase(`${name}${infix}`)}${nameSuffix(ids.derive('pod', uid, version, attempt, number))}`;
  };
