// Plain JavaScript for Node 20: this is what runs before the right Node is known to exist.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';

/** The oldest Node that runs this repository's TypeScript as it stands. */
export const NEEDED_MAJOR = 24;

const PLATFORM_PACKAGES = new Set(['linux-x64', 'linux-arm64']);

/**
 * The Node to run Berth with: this one when it is new enough, else the platform package in node_modules.
 * `problem` instead of `path` when there is neither; it names the fix.
 *
 * @param {string} root the repository
 * @param {{ version?: string, execPath?: string, platform?: string, arch?: string }} [self] this process, unless told
 * @returns {{ path: string } | { problem: string }}
 */
export function findNode(root, self = {}) {
  const { version = process.versions.node, execPath = process.execPath } = self;
  const { platform = process.platform, arch = process.arch } = self;
  if (majorOf(version) >= NEEDED_MAJOR) return { path: execPath };
  const target = `${platform}-${arch}`;
  const packaged = path.join(root, 'node_modules', `node-${target}`, 'bin', 'node');
  if (existsSync(packaged) && majorOf(versionOf(packaged)) >= NEEDED_MAJOR) return { path: packaged };
  const fix = PLATFORM_PACKAGES.has(target)
    ? `run "npm ci" in ${root} (without --omit=optional: node-${target} is an optional dependency)`
    : `npm carries no Node for ${target}, so install Node ${NEEDED_MAJOR} or newer and run this again`;
  return { problem: `Berth needs Node ${NEEDED_MAJOR} or newer and this is ${version}: ${fix}.` };
}

const majorOf = (version) => Number.parseInt(version, 10);

/** "0" when the file does not run here, for example a binary made for another C library. */
function versionOf(binary) {
  try {
    return execFileSync(binary, ['--version'], { encoding: 'utf8' }).trim().replace(/^v/, '');
  } catch (error) {
    process.stderr.write(`${binary} does not run here: ${error.message}\n`);
    return '0';
  }
}
