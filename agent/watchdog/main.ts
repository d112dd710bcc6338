import { join } from 'node:path';
import { parseArgs } from 'node:util';
import Docker from 'dockerode';
import { timingsAt } from '#core/timings.ts';
import { nodeClock, nodeTimers } from '../node-clock.ts';
import { ownIdentity, stateOf } from '../process-stat.ts';
import { dockerRuntime } from '../runtime/docker/docker-runtime.ts';
import type { RuntimeFactory } from '../runtime/port.ts';
import { processRuntime } from '../runtime/process/process-runtime.ts';
import { fileDisk } from '../state/file-disk.ts';
import { stderrLog } from '../stderr-log.ts';
import { fileClaim } from './claim.ts';
import { readBoot, readDeadline } from './deadline-file.ts';
import { runWatchdog } from './run-watchdog.ts';
import { watchdogFiles } from './watchdog-files.ts';

/** The watchdog as a program. The agent starts it; it needs nobody to stop it. */
const { values } = parseArgs({
  options: {
    'data-dir': { type: 'string' },
    runtime: { type: 'string' },
    'time-scale': { type: 'string', default: '1' },
  },
});

const log = stderrLog();
const dataDir = values['data-dir'] ?? '';
const files = watchdogFiles(dataDir);
const { watchdogTick, lease } = timingsAt(Number(values['time-scale']));
const disk = await fileDisk(dataDir);

/** No engine is asked whether it answers: one that does not now may do so by the time it matters. */
function runtime(): RuntimeFactory {
  if (values.runtime === 'docker') {
    return dockerRuntime({ docker: new Docker(), timers: nodeTimers, log, machineMemory: 0 });
  }
  return processRuntime({ root: join(dataDir, 'processes'), timers: nodeTimers, log, path: '', address: '' });
}

// A terminal's Ctrl-C is for the agent. What ends this process is having nothing to guard.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);

await runWatchdog({
  clock: nodeClock,
  timers: nodeTimers,
  log,
  boot: (await readBoot()) ?? '',
  runtime: runtime(),
  readDeadline: () => readDeadline(files.deadline),
  readOwners: async () => {
    const identity = await disk.loadIdentity();
    return identity ? [...identity.formerIds, ...(identity.instanceId === undefined ? [] : [identity.instanceId])] : [];
  },
  isAlive: async (agent) => (await stateOf(agent)) !== 'gone',
  claim: fileClaim(files.claim, await ownIdentity()),
  tick: watchdogTick,
  linger: lease,
});
// A call to an engine that never answered must not keep the process.
process.exit(0);
