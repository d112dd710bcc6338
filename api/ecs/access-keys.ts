/** Who may call: looked up by the access key id that a request was signed with. */
export interface AccessKeys {
  /** Undefined when there is no such key or it was revoked. */
  find(accessKeyId: string): Promise<{ readonly secretAccessKey: string; readonly principalArn: string } | undefined>;
}
