/** The account and region all names of one deployment live in. */
export interface Scope {
  /** Twelve digits. */
  readonly accountId: string;
  readonly region: string;
}
