import type { PodRun, VolumeMount } from '#core/model/pod.ts';
import type { PodPlace } from '../runtime/port.ts';

/** One run of one container, as its volumes know it. */
export interface VolumeUser {
  readonly container: string;
  readonly run: number;
  readonly mounts: readonly VolumeMount[];
  readonly terminationMessagePath: string;
  /** What other containers of the pod may have in use at the same time. */
  readonly neighbours: readonly VolumeMount[];
}

/** The volumes of the pods of one machine. Pods go by the name of what their containers share. */
export interface PodVolumes {
  /** Makes them with what they hold; what is left of an earlier attempt is replaced. */
  make(pod: string, run: PodRun): Promise<void>;
  /** Where one run of a container finds them. Fails with ContainerConfigurationError when it can not have what it wants. */
  place(pod: string, run: PodRun, user: VolumeUser): Promise<Pick<PodPlace, 'mounts' | 'lastWords'>>;
  /** What a run left behind in its last moments, at most so many bytes of it; undefined for nothing. */
  lastWords(pod: string, user: Pick<VolumeUser, 'container' | 'run'>, maxBytes: number): Promise<string | undefined>;
  /** The first volume that holds more than its limit; undefined when none does. */
  overfull(pod: string, run: PodRun): Promise<string | undefined>;
  /** Does nothing when there is nothing. */
  remove(pod: string): Promise<void>;
  /** Removes what belongs to none of these. */
  keepOnly(pods: ReadonlySet<string>): Promise<void>;
}
