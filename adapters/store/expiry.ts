/** Stores keep expiry in whole seconds, as DynamoDB's time to live does; rounding up never shortens a promise. */
export const expirySeconds = (expiresAt: number): number => Math.ceil(expiresAt / 1000);

export const expiryMilliseconds = (seconds: number): number => seconds * 1000;
