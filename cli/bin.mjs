#!/usr/bin/env node
// Plain JavaScript for Node 20: it finds the Node that runs Berth and hands over to cli/main.ts.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { findNode } from '../scripts/node-runtime.mjs';

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '..');
const found = findNode(root);
if ('problem' in found) fail(found.problem);
if (!existsSync(path.join(root, 'node_modules', 'commander'))) {
  fail(`Berth's dependencies are not installed: run "npm ci" in ${root}.`);
}

const args = ['--disable-warning=ExperimentalWarning', path.join(root, 'cli', 'main.ts'), ...process.argv.slice(2)];
const child = spawn(found.path, args, { stdio: 'inherit' });
// A terminal sends Ctrl-C to both processes; a supervisor signals only this one. Either way the child decides.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    if (!process.stdin.isTTY || signal !== 'SIGINT') child.kill(signal);
  });
}
child.on('error', (error) => fail(`${found.path} could not be started: ${error.message}`));
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  // End the way the child ended, so that a shell sees the same signal.
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
});

function fail(message) {
  process.stderr.write(`berth: ${message}\n`);
  process.exit(1);
}
