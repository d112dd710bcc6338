import type { LaunchType, NetworkMode } from '#core/model/task-definition.ts';

/** A container definition as a caller sends it: typed, but nothing is known to be present or consistent yet. */
export interface ContainerDraft {
  readonly name?: string | undefined;
  readonly image?: string | undefined;
  readonly cpu?: number | undefined;
  readonly memory?: number | undefined;
  readonly memoryReservation?: number | undefined;
  readonly essential?: boolean | undefined;
  readonly links?: readonly string[] | undefined;
  readonly portMappings?: readonly PortMappingDraft[] | undefined;
  readonly environment?: readonly unknown[] | undefined;
  readonly mountPoints?: readonly { readonly sourceVolume?: string | undefined }[] | undefined;
  readonly volumesFrom?: readonly { readonly sourceContainer?: string | undefined }[] | undefined;
  readonly dependsOn?:
    | readonly { readonly containerName: string | undefined; readonly condition?: string | undefined }[]
    | undefined;
  readonly systemControls?: readonly unknown[] | undefined;
  readonly secrets?: readonly unknown[] | undefined;
  readonly stopTimeout?: number | undefined;
  readonly hostname?: string | undefined;
  readonly startTimeout?: number | undefined;
  readonly healthCheck?: { readonly command?: readonly string[] | undefined } | undefined;
  readonly privileged?: boolean | undefined;
  readonly dockerSecurityOptions?: readonly string[] | undefined;
  readonly linuxParameters?:
    | {
        readonly devices?: readonly unknown[] | undefined;
        readonly sharedMemorySize?: number | undefined;
        readonly capabilities?: { readonly add?: readonly string[] | undefined } | undefined;
      }
    | undefined;
  readonly logConfiguration?: { readonly logDriver: string | undefined } | undefined;
  readonly resourceRequirements?: readonly { readonly type: string | undefined }[] | undefined;
}

export interface PortMappingDraft {
  readonly containerPort?: number | undefined;
  readonly hostPort?: number | undefined;
  readonly protocol?: string | undefined;
  readonly containerPortRange?: string | undefined;
}

export interface VolumeDraft {
  readonly name?: string | undefined;
  readonly host?: { readonly sourcePath?: string | undefined } | undefined;
  readonly dockerVolumeConfiguration?: object | undefined;
  readonly efsVolumeConfiguration?: object | undefined;
  readonly fsxWindowsFileServerVolumeConfiguration?: unknown;
  readonly s3filesVolumeConfiguration?: unknown;
  readonly configuredAtLaunch?: boolean | undefined;
}

interface PlacementDraft {
  readonly type?: string | undefined;
  readonly expression?: string | undefined;
}

/** RegisterTaskDefinition's input, decoded: every member not named here is stored and echoed. */
export interface DefinitionDraft {
  readonly family: string;
  readonly containerDefinitions: readonly ContainerDraft[];
  readonly networkMode?: NetworkMode | undefined;
  readonly cpu?: string | undefined;
  readonly memory?: string | undefined;
  readonly requiresCompatibilities?: readonly LaunchType[] | undefined;
  readonly executionRoleArn?: string | undefined;
  readonly volumes?: readonly VolumeDraft[] | undefined;
  readonly placementConstraints?: readonly PlacementDraft[] | undefined;
  readonly pidMode?: string | undefined;
  readonly ipcMode?: string | undefined;
}
