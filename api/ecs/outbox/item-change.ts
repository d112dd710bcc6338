import type { Item } from '#control/ports.ts';

/** A committed change as the table's stream tells it. */
export interface ItemChange {
  /** Epoch ms; DynamoDB tells the second. */
  readonly at: number;
  readonly old?: Item;
  readonly new: Item;
}
