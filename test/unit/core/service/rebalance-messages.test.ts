import { describe, expect, it } from 'vitest';
import { rebalanceMessages } from '#core/service/rebalance-messages.ts';

const two = [
  { zone: 'a', tasks: 3 },
  { zone: '', tasks: 1 },
];

describe('rebalance messages', () => {
  it('a later move of the same operation, tells of the start alone', () => {
    expect(
      rebalanceMessages('(service web)', { kind: 'started', counts: two, to: 'b', isFirst: false }, ['1']),
    ).toEqual(['(service web) has started 1 tasks in b to AZ Rebalance: (task 1).']);
  });

  it('two zones, one without a name, joins them without a comma and says so', () => {
    expect(rebalanceMessages('(service web)', { kind: 'completed', counts: two }, [])).toEqual([
      '(service web) is AZ balanced with 3 tasks in a and 1 tasks in no Availability Zone.',
    ]);
  });
});
