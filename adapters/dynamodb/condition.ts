import type { Expectation } from '#control/ports.ts';

interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues?: Record<string, number>;
  readonly ReturnValuesOnConditionCheckFailure: 'ALL_OLD';
}

/** The two conditions there are. Invariant: their text is fixed, so no user text reaches an expression (X7). */
export const condition = (expect: Expectation): Condition =>
  expect === 'absent'
    ? { ConditionExpression: 'attribute_not_exists(pk)', ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }
    : {
        ConditionExpression: 'v = :v',
        ExpressionAttributeValues: { ':v': expect },
        ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
      };
