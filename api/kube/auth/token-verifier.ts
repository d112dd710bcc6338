/** Who a request comes from, and the cluster the credential is for. */
export interface KubeUser {
  readonly name: string;
  readonly uid: string;
  readonly groups: readonly string[];
  readonly cluster: string;
}

/** Knows whose a bearer token is; undefined for one it does not vouch for. Owned by the Kubernetes face. */
export interface TokenVerifier {
  verify(token: string): Promise<KubeUser | undefined>;
}
