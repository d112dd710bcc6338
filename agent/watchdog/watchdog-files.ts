import { join } from 'node:path';

/** What the agent and its watchdog share in the agent's data directory. */
export const watchdogFiles = (dataDir: string) => ({
  deadline: join(dataDir, 'deadline.json'),
  claim: join(dataDir, 'watchdog.json'),
  log: join(dataDir, 'watchdog.log'),
});
