/** What Berth.MatchProfiles and Berth.Explain say of a pod and the Fargate profiles, as JSON has it. */
export type Admission =
  | { readonly kind: 'unmatched'; readonly message: string }
  | { readonly kind: 'refused'; readonly profile: string; readonly reason: string; readonly message: string }
  | { readonly kind: 'admitted'; readonly profile: string; readonly capacityProvisioned: string };

export interface ProfileVerdict {
  readonly profile: string;
  readonly isMatch: boolean;
  readonly obstacle?: { readonly kind: string; readonly status?: string; readonly to?: string };
  readonly selectors: readonly SelectorVerdict[];
}

export interface SelectorVerdict {
  readonly selector: { readonly namespace: string; readonly labels: Readonly<Record<string, string>> };
  readonly misses: readonly SelectorMiss[];
}

export type SelectorMiss =
  | { readonly kind: 'namespace'; readonly wanted: string; readonly found: string }
  | { readonly kind: 'label'; readonly key: string; readonly wanted: string; readonly found: readonly string[] };

export interface MatchAnswer {
  readonly cluster: string;
  readonly workloads: readonly {
    readonly kind: string;
    readonly namespace: string;
    readonly name: string;
    readonly isServed: boolean;
    readonly admission: Admission;
    readonly profiles: readonly ProfileVerdict[];
  }[];
  readonly others: readonly { readonly kind: string; readonly name: string }[];
}
