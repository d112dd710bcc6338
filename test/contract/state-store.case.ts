import { describe } from 'vitest';
import { stateStoreExpectations } from './state-store-expectations.case.ts';
import { stateIndexReads } from './state-store-index-reads.case.ts';
import { statePartitionReads } from './state-store-partition-reads.case.ts';
import { stateStoreTransactions } from './state-store-transactions.case.ts';
import { stateStoreValues } from './state-store-values.case.ts';
import { type OpenedStore, storeSubject } from './store-subject.ts';

/** What every state store must do, whatever it is made of. */
export function stateStoreContract(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} as a state store`, () => {
    const subject = storeSubject(open);
    stateStoreExpectations(subject);
    stateStoreTransactions(subject);
    stateStoreValues(subject);
    statePartitionReads(subject);
    stateIndexReads(subject);
  });
}
