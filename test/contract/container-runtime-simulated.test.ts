import { nodeTimers } from '#agent/node-clock.ts';
import { SimulatedMachine } from '#agent/runtime/simulated/simulated-machine.ts';
import { simulatedRuntime } from '#agent/runtime/simulated/simulated-runtime.ts';
import { aSimulated } from '#test/support/agent-specs.ts';
import { containerRuntimeContract } from './container-runtime.case.ts';
import { containerStreamsContract } from './container-streams.case.ts';

containerRuntimeContract('simulated', async () => ({
  factory: simulatedRuntime(new SimulatedMachine(nodeTimers), nodeTimers),
  forever: aSimulated('app'),
  brief: aSimulated('app', { EXIT_AFTER_MS: 50, EXIT_CODE: 3 }),
  stubborn: aSimulated('app', { IGNORE_TERM: 1 }),
  broken: aSimulated('app', { FAIL_START: 'no such file' }),
}));

containerStreamsContract('simulated', async () => ({
  factory: simulatedRuntime(new SimulatedMachine(nodeTimers), nodeTimers),
  chatty: aSimulated('app', { OUTPUT: 'first\nsecond\nthird' }),
  terse: aSimulated('app', { OUTPUT: 'first\nsecond\nthird', EXIT_AFTER_MS: 50 }),
}));
