import { openTwinStore } from '#test/sim/store/twin-store.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';
import { stateStoreContract } from './state-store.case.ts';

stateStoreContract("The simulator's twin", async () => ({
  store: openTwinStore(steppedClock()),
  close: () => undefined,
}));
