import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { tryCommand } from '#cli/demo/run-command.ts';
import type { Direction, FaultProxy } from './fault-proxy.ts';

const exec = promisify(execFile);
const run = async (command: string, ...args: readonly string[]): Promise<void> => void (await exec(command, args));

/** One machine's way to the control plane. */
export interface Network {
  /** Address of this side that the machine can reach; the control plane's proxy listens on exactly this one. */
  readonly host: string;
  /** Words that start a program on the machine. */
  readonly through: readonly string[];
  block(directions: readonly Direction[]): Promise<void>;
  unblock(): Promise<void>;
}

/** Why machines cannot have network namespaces of their own here; undefined when they can. */
export async function namespacesMissing(): Promise<string | undefined> {
  if (process.getuid?.() !== 0) return 'network namespaces need root';
  for (const command of ['ip', 'iptables', 'nsenter']) {
    if (
      (await tryCommand(command, ['--version'], 5_000)) === undefined &&
      (await tryCommand(command, ['-V'], 5_000)) === undefined
    )
      return `${command} is not installed`;
  }
  const probe = `berth-probe-${process.pid}`;
  const made = await tryCommand('ip', ['netns', 'add', probe], 5_000);
  const filters =
    made === undefined
      ? undefined
      : await tryCommand('nsenter', [`--net=/var/run/netns/${probe}`, 'iptables', '-w', '-S'], 5_000);
  if (made !== undefined) await tryCommand('ip', ['netns', 'del', probe], 5_000);
  if (made === undefined) return 'ip netns add is not permitted';
  return filters === undefined ? 'iptables does not work in a network namespace' : undefined;
}

/** Names of what the kernel keeps for one run, so that a clean-up finds it. Device names have 15 letters at most. */
export const namespaceName = (run: string, index: number): string => `berth-${run}-${index}`;
export const deviceName = (run: string, index: number): string => `bc${run}-${index}`;

/** A namespace with one cable to this one. Partitions are made inside of it, so nothing outside is changed. */
export async function namespaceNetwork(id: string, index: number): Promise<Network> {
  const namespace = namespaceName(id, index);
  const device = deviceName(id, index);
  const inside = `${device}p`;
  // A private range; the run's own name spreads runs side by side over it.
  const net = `10.${200 + (Number.parseInt(id.slice(0, 2), 16) % 50)}.${Number.parseInt(id.slice(2, 4), 16)}`;
  const [host, guest] = [`${net}.${4 * index + 1}`, `${net}.${4 * index + 2}`];
  await run('ip', 'netns', 'add', namespace);
  await run('ip', 'link', 'add', device, 'type', 'veth', 'peer', 'name', inside, 'netns', namespace);
  await run('ip', 'addr', 'add', `${host}/30`, 'dev', device);
  await run('ip', 'link', 'set', device, 'up');
  await run('ip', '-n', namespace, 'addr', 'add', `${guest}/30`, 'dev', inside);
  await run('ip', '-n', namespace, 'link', 'set', inside, 'up');
  await run('ip', '-n', namespace, 'link', 'set', 'lo', 'up');
  const through = ['nsenter', `--net=/var/run/netns/${namespace}`];
  const iptables = (...rule: readonly string[]): Promise<void> =>
    run('nsenter', `--net=/var/run/netns/${namespace}`, 'iptables', '-w', ...rule);
  return {
    host,
    through,
    block: async (directions) => {
      if (directions.includes('outbound')) await iptables('-A', 'OUTPUT', '-o', inside, '-j', 'DROP');
      if (directions.includes('inbound')) await iptables('-A', 'INPUT', '-i', inside, '-j', 'DROP');
    },
    unblock: () => iptables('-F'),
  };
}

/** Without the right to make namespaces the machine shares this one, and its proxy plays the broken cable. */
export function loopbackNetwork(proxy: () => FaultProxy): Network {
  return {
    host: '127.0.0.1',
    through: [],
    block: async (directions) => {
      for (const direction of directions) proxy().blocked.add(direction);
    },
    unblock: async () => proxy().blocked.clear(),
  };
}
