/** The secrets of one installation: who may call, and what it signs page tokens with. */
export interface AccessKeys {
  /** Looked up by the access key id a request was signed with. Undefined when there is no such key or it was revoked. */
  find(accessKeyId: string): Promise<{ readonly secretAccessKey: string; readonly principalArn: string } | undefined>;
  /** The same for every process of the installation, and known to no caller. */
  pageTokenKey(): Promise<string>;
}
