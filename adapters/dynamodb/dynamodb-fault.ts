import { DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { Fault } from '#core/fault.ts';

/** Answers DynamoDB blames on the caller although waiting, not changing the request, is what helps. */
const PASSING = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'ExpiredTokenException',
]);

/** Failures on the way to DynamoDB that carry no system error code. */
const ON_THE_WAY = new Set(['AbortError', 'TimeoutError', 'CredentialsProviderError']);

const isUnavailable = (error: Error): boolean => {
  if (error instanceof DynamoDBServiceException) return error.$fault === 'server' || PASSING.has(error.name);
  return 'code' in error || '$metadata' in error || ON_THE_WAY.has(error.name);
};

export const unavailable = (cause: unknown): Fault =>
  new Fault('Unavailable', 'the state table cannot answer', {}, { cause });

/** Unavailable for throttles, server errors and network errors; a refused request is our bug and stays what it is. */
export const faultOf = (error: unknown): unknown =>
  error instanceof Error && isUnavailable(error) ? unavailable(error) : error;

export async function answered<T>(request: Promise<T>): Promise<T> {
  try {
    return await request;
  } catch (error) {
    throw faultOf(error);
  }
}
