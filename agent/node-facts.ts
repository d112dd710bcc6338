import { availableParallelism, hostname, networkInterfaces, totalmem } from 'node:os';
import type { AgentOptions, MachineFacts } from './agent-options.ts';
import type { RuntimeKind } from './runtime/port.ts';

const MIB = 1024 * 1024;
const CPU_UNITS_PER_CORE = 1024;
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'x86_64', arm64: 'arm64' };

/** This machine's size and attributes; the operator's words win. */
export function machineFacts(options: AgentOptions, runtime: RuntimeKind): MachineFacts {
  return {
    hostname: options.hostname ?? hostname(),
    cpu: options.cpu ?? availableParallelism() * CPU_UNITS_PER_CORE,
    memory: options.memory ?? Math.floor(totalmem() / MIB),
    attributes: {
      'ecs.os-type': process.platform === 'win32' ? 'windows' : 'linux',
      'ecs.cpu-architecture': ARCHITECTURES[process.arch] ?? process.arch,
      'ecs.availability-zone': 'local',
      'berth.runtime': runtime,
      ...options.attributes,
    },
  };
}

/** Where this machine is reached from others, as far as it knows: its first address that is not for itself alone. */
export function machineAddress(): string {
  const all = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return all.find(({ internal, family }) => !internal && family === 'IPv4')?.address ?? '127.0.0.1';
}
