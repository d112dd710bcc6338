import type { AgentLog, AgentLogFields } from './ports.ts';

/** One JSON line per entry on standard error, where service managers collect it. */
export function stderrLog(): AgentLog {
  const write = (level: string, message: string, fields: AgentLogFields = {}): void => {
    process.stderr.write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...fields })}\n`);
  };
  return {
    info: (message, fields) => write('info', message, fields),
    warn: (message, fields) => write('warn', message, fields),
    error: (message, fields) => write('error', message, fields),
  };
}
