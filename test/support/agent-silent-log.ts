import type { AgentLog } from '#agent/ports.ts';

/** A log nobody reads. */
export const silentLog: AgentLog = { info: () => undefined, warn: () => undefined, error: () => undefined };
