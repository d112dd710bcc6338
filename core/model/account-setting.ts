/** What one principal, or with the root's ARN every principal that says nothing else, wants of the account. */
export interface AccountSetting {
  readonly name: string;
  readonly value: string;
  readonly principalArn: string;
}
