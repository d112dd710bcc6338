import type { Tag } from './tag.ts';

/** Which pods a profile takes: those of a namespace that carry all of the labels. `*` and `?` stand for other characters. */
export interface ProfileSelector {
  readonly namespace: string;
  /** At most 5; keys may have wildcards, too. */
  readonly labels: Readonly<Record<string, string>>;
}

export type ProfileStatus = 'CREATING' | 'ACTIVE' | 'DELETING' | 'CREATE_FAILED' | 'DELETE_FAILED';

/** Says which pods of a cluster run on Fargate (EKS: FargateProfile). Never changed, only made and deleted. */
export interface FargateProfile {
  readonly cluster: string;
  readonly name: string;
  /** Last part of its ARN, so that a profile made again under an old name is another one. */
  readonly id: string;
  readonly status: ProfileStatus;
  /** At most 5; a pod that any of them matches is the profile's. */
  readonly selectors: readonly ProfileSelector[];
  /** Stored and echoed only. */
  readonly podExecutionRoleArn: string;
  /** Stored and echoed only. */
  readonly subnets: readonly string[];
  readonly tags: readonly Tag[];
  readonly createdAt: number;
}
