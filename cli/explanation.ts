import type { Admission, ProfileVerdict } from './profile-verdict.ts';

/** The answers of Berth.Explain, as JSON has them. */
export interface TaskExplanation {
  readonly taskArn: string;
  readonly state: 'running' | 'waiting' | 'starting' | 'stopping' | 'stopped';
  readonly containerInstanceArn?: string;
  readonly isConnected?: boolean;
  readonly stop?: { readonly code: string; readonly reason: string; readonly at: string };
  readonly placement?: PlacementExplanation;
}

export interface PlacementExplanation {
  readonly considered: number;
  readonly fits: readonly string[];
  readonly rejections: readonly {
    readonly containerInstanceArn: string;
    readonly reason: string;
    readonly needed?: number;
    readonly free?: number;
  }[];
  readonly remedies: readonly string[];
}

export interface PodExplanation {
  readonly namespace: string;
  readonly name: string;
  readonly phase: string;
  readonly isBeingDeleted: boolean;
  /** What was decided when it was let in; absent: it was not. */
  readonly admitted?: { readonly profile: string; readonly capacityProvisioned: string };
  /** What would be decided now. */
  readonly admission: Admission;
  readonly profiles: readonly ProfileVerdict[];
  readonly waiting: readonly { readonly container: string; readonly reason: string; readonly message: string }[];
  readonly task?: TaskExplanation;
}

export interface ServiceExplanation {
  readonly status: string;
  readonly desired: number;
  readonly running: number;
  readonly tasks: readonly TaskExplanation[];
  readonly backingOff: readonly {
    readonly index: number;
    readonly failures: number;
    readonly until: string;
    readonly lastTaskArn: string;
  }[];
  readonly stopping: number;
  readonly isAtMaximum: boolean;
}
