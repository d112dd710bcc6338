/** The version of the Kubernetes API that the documents and the kinds are those of. */
export const KUBE_VERSION = { major: '1', minor: '33' } as const;
