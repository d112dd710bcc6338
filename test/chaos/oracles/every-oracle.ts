import type { Oracle } from '../sample.ts';
import { Acknowledged } from './acknowledged.ts';
import { ForwardOnly } from './forward-only.ts';
import { Maximum } from './maximum.ts';
import { NeedlessStops } from './needless-stops.ts';
import { OneCopy } from './one-copy.ts';
import { OneEffect } from './one-effect.ts';
import { OneOfSlot } from './one-of-slot.ts';
import { Reserved } from './reserved.ts';
import { UnknownContainers } from './unknown-containers.ts';

/** Every oracle that watches all the time, but the one whose count the summary shows. */
export const everyOracle = (): readonly Oracle[] => [
  new OneCopy(),
  new OneOfSlot(),
  new Maximum(),
  new Acknowledged(),
  new OneEffect(),
  new ForwardOnly(),
  new Reserved(),
  new UnknownContainers(),
  new NeedlessStops(),
];
