/** What a pod's container and its machine know of each other, beyond what an ECS container has: Container of core/v1. */

/** As many containers of one task as an agent reports: a pod with more is not taken. */
export const MAX_CONTAINERS = 20;

/** What an agent asks a container; times in seconds (Probe of core/v1). */
export interface ContainerProbe {
  readonly handler: ProbeHandler;
  readonly initialDelaySeconds: number;
  readonly periodSeconds: number;
  readonly timeoutSeconds: number;
  readonly successThreshold: number;
  readonly failureThreshold: number;
  /** Of a failed startup or liveness probe: seconds until SIGKILL, instead of the pod's own. */
  readonly terminationGracePeriodSeconds?: number;
}

export type ProbeHandler =
  | { readonly kind: 'exec'; readonly command: readonly string[] }
  | {
      readonly kind: 'httpGet';
      readonly scheme: 'HTTP' | 'HTTPS';
      /** Absent: the pod's own address. */
      readonly host?: string;
      readonly port: number;
      readonly path: string;
      readonly headers: readonly { readonly name: string; readonly value: string }[];
    }
  | { readonly kind: 'tcpSocket'; readonly host?: string; readonly port: number }
  | { readonly kind: 'grpc'; readonly port: number; readonly service: string };

/** What runs right after a container starts, or before it is stopped. */
export type LifecycleHandler =
  | Exclude<ProbeHandler, { readonly kind: 'grpc' }>
  | { readonly kind: 'sleep'; readonly seconds: number };

/** A volume of the pod as one container sees it. */
export interface VolumeMount {
  readonly volume: string;
  readonly path: string;
  /** Only this file or directory of the volume. */
  readonly subPath?: string;
  readonly readOnly: boolean;
}

export interface ContainerSecurity {
  readonly runAsUser?: number;
  readonly runAsGroup?: number;
  /** The machine refuses to start an image that runs as root. */
  readonly runAsNonRoot?: boolean;
  readonly supplementalGroups?: readonly number[];
  readonly readOnlyRootFilesystem?: boolean;
  readonly addCapabilities?: readonly string[];
  readonly dropCapabilities?: readonly string[];
}

/**
 * init: runs to its end before the next starts. sidecar: an init container that stays (restartPolicy Always).
 * main: all start together once the others are done, or up.
 */
export type PodContainerRole = 'init' | 'sidecar' | 'main';

/** Whether a container that ended starts again inside its pod, after a back-off of 10 s that doubles up to 300 s. */
export type PodRestartPolicy = 'Always' | 'OnFailure' | 'Never';

export interface PodContainer {
  readonly role: PodContainerRole;
  readonly restartPolicy: PodRestartPolicy;
  readonly imagePullPolicy: 'Always' | 'IfNotPresent' | 'Never';
  readonly startupProbe?: ContainerProbe;
  readonly livenessProbe?: ContainerProbe;
  readonly readinessProbe?: ContainerProbe;
  readonly postStart?: LifecycleHandler;
  readonly preStop?: LifecycleHandler;
  readonly mounts: readonly VolumeMount[];
  readonly security: ContainerSecurity;
  /** Where the container leaves its last words. */
  readonly terminationMessagePath: string;
  readonly terminationMessagePolicy: 'File' | 'FallbackToLogsOnError';
  /** Environment that is looked up when the agent is handed the pod; values never stand in the table twice. */
  readonly environmentFrom: readonly EnvironmentSource[];
}

/** Where one variable, or all of a map, comes from. A source that is missing and not optional keeps the pod from starting. */
export type EnvironmentSource =
  | {
      readonly kind: 'configMapKey' | 'secretKey';
      readonly variable: string;
      readonly name: string;
      readonly key: string;
      readonly optional: boolean;
    }
  | {
      readonly kind: 'configMap' | 'secret';
      readonly name: string;
      readonly prefix: string;
      readonly optional: boolean;
    }
  /** Known on the machine only: `status.podIP`, `status.hostIP` and their lists. */
  | { readonly kind: 'machine'; readonly variable: string; readonly field: 'podIP' | 'hostIP' };

/** One file of a volume. */
export interface VolumeFile {
  readonly path: string;
  /** Base64. */
  readonly content: string;
  readonly mode: number;
}

/** A volume as the machine makes it: a directory, empty or with files that do not change while the pod runs. */
export interface PodVolume {
  readonly name: string;
  /** In memory; else on the machine's disk. */
  readonly inMemory: boolean;
  /** Bytes; absent: no limit of its own. */
  readonly sizeLimit?: number;
  readonly files: readonly VolumeFile[];
}

/** The pod behind a task, as its agent is told. */
export interface PodRun {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly hostname: string;
  readonly terminationGracePeriodSeconds: number;
  /** Group that owns the volumes' files; absent: nobody in particular. */
  readonly fsGroup?: number;
  readonly volumes: readonly PodVolume[];
}

/** How one run of a container ended (ContainerStateTerminated of core/v1); times in epoch ms. */
export interface ContainerTermination {
  readonly exitCode: number;
  /** `Completed`, `Error`, `OOMKilled`, `ContainerCannotRun`... */
  readonly reason: string;
  /** Its last words, at most 4 KB. */
  readonly message?: string;
  readonly startedAt?: number;
  readonly finishedAt: number;
}

/** What an agent says of a pod's container beside what it says of every container. */
export interface PodContainerObservation {
  /** It runs, and its readiness probe, if it has one, passes. An init container: it has ended well. */
  readonly ready: boolean;
  /** It runs, and its startup probe, if it has one, has passed. */
  readonly started: boolean;
  readonly restartCount: number;
  /** Of this run. */
  readonly startedAt?: number;
  /** Why it does not run yet, or again: `PodInitializing`, `ContainerCreating`, `CrashLoopBackOff`, `ImagePullBackOff`... */
  readonly waiting?: { readonly reason: string; readonly message?: string };
  /** How this run ended; present while it is over. */
  readonly terminated?: ContainerTermination;
  /** How the run before this one ended. */
  readonly last?: ContainerTermination;
}
