import type { FaultKind } from './fault.ts';
import { agentClockJump, bookDamaged, containersKilled, controlPlaneClockJump } from './machine-faults.ts';
import { flapping, majorityPartition, partition } from './network-faults.ts';
import { agentFreeze, agentKill, controlPlaneFreeze, controlPlaneKill, machineReboot } from './process-faults.ts';
import { clientFaults, engineFaults, engineGone, wireFaults } from './proxy-faults.ts';

/** Every kind of fault, as often as it is to be drawn. The last two need a container engine. */
export const FAULTS: readonly FaultKind[] = [
  controlPlaneKill,
  controlPlaneKill,
  controlPlaneFreeze,
  agentKill,
  agentKill,
  agentFreeze,
  machineReboot,
  partition,
  partition,
  partition,
  majorityPartition,
  flapping,
  wireFaults,
  wireFaults,
  clientFaults,
  clientFaults,
  containersKilled,
  containersKilled,
  bookDamaged,
  agentClockJump,
  controlPlaneClockJump,
  engineFaults,
  engineFaults,
  engineGone,
];
