// Plain JavaScript for Node 20. Installs the dependencies when they are missing or older than the lock file,
// then makes sure that a Node new enough to run the sources is there.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode } from './node-runtime.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');

if (needsInstall()) {
  process.stdout.write('Installing dependencies (npm ci) ...\n');
  // When npm runs this script it names itself; a plain `node scripts/ensure-installed.mjs` takes npm from the path.
  const npm = process.env.npm_execpath;
  const [command, first] = npm?.endsWith('.js') ? [process.execPath, [npm]] : ['npm', []];
  const ended = spawnSync(command, [...first, 'ci', '--no-audit', '--no-fund'], { cwd: root, stdio: 'inherit' });
  if (ended.error) fail(`npm could not be started: ${ended.error.message}`);
  if (ended.status !== 0) {
    fail('The dependencies could not be installed; npm says why above. Check the connection to the npm registry.');
  }
}

const node = findNode(root);
if ('problem' in node) fail(node.problem);

/** npm writes node_modules/.package-lock.json when an install is complete, so its age is the install's age. */
function needsInstall() {
  const installed = path.join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(installed)) return true;
  return statSync(path.join(root, 'package-lock.json')).mtimeMs > statSync(installed).mtimeMs;
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
