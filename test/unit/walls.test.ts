import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');

/** Lints many sources in one run, in a copy of the repository's linter set-up; answers each file's complaints. */
function lintAll(sources: ReadonlyMap<string, string>): (file: string) => string {
  const root = mkdtempSync(path.join(tmpdir(), 'berth-walls-'));
  try {
    for (const shared of ['biome.json', 'scripts/lint'])
      cpSync(path.join(ROOT, shared), path.join(root, shared), { recursive: true });
    for (const [file, source] of sources) {
      mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
      writeFileSync(path.join(root, file), source);
    }
    const args = ['lint', '--vcs-enabled=false', '--reporter=github', '--max-diagnostics=none', '.'];
    const { stdout, stderr } = spawnSync(path.join(ROOT, 'node_modules', '.bin', 'biome'), args, {
      cwd: root,
      encoding: 'utf8',
    });
    const lines = `${stdout}${stderr}`.split('\n');
    return (file) => lines.filter((line) => line.includes(`/${file},`)).join('\n');
  } finally {
    rmSync(root, { recursive: true });
  }
}

const importing = (module: string): string => `import { thing } from '${module}';\n\nexport const other = thing;\n`;

const FORBIDDEN: readonly (readonly [file: string, module: string])[] = [
  ['core/service/probe.ts', 'node:fs'],
  ['core/service/probe.ts', 'zod'],
  ['core/service/probe.ts', '#control/ports.ts'],
  ['core/service/probe.ts', '../../control/ports.ts'],
  ['events/probe.ts', '#control/ports.ts'],
  ['control/probe.ts', 'node:crypto'],
  ['control/probe.ts', '@aws-sdk/client-ecs'],
  ['control/probe.ts', '#adapters/clock.ts'],
  ['control/probe.ts', '../adapters/clock.ts'],
  ['api/ecs/probe.ts', '@aws-sdk/client-dynamodb'],
  ['api/ecs/probe.ts', '#adapters/clock.ts'],
  ['adapters/probe.ts', '#functions/ecs-api.ts'],
  ['functions/probe.ts', '#local/data-dir.ts'],
  ['agent/engine/probe.ts', '#control/ports.ts'],
  ['agent/engine/probe.ts', '#adapters/clock.ts'],
  ['local/probe.ts', '#test/support/stepped-clock.ts'],
  ['cli/probe.ts', '#control/ports.ts'],
];

const PERMITTED: readonly (readonly [file: string, module: string])[] = [
  ['core/service/probe.ts', '#core/fault.ts'],
  ['core/service/probe.ts', '../fault.ts'],
  ['core/service/probe.ts', './slots.ts'],
  ['events/probe.ts', '#core/json.ts'],
  ['control/probe.ts', '#core/fault.ts'],
  ['control/probe.ts', './ports.ts'],
  ['api/ecs/probe.ts', '#control/ports.ts'],
  ['api/ecs/schema/probe.ts', '../../agent/token.ts'],
  ['adapters/probe.ts', '#control/ports.ts'],
  ['functions/probe.ts', '#adapters/clock.ts'],
  ['agent/engine/probe.ts', '#events/agent-wire.ts'],
  ['local/probe.ts', '#functions/ecs-api.ts'],
  ['cli/probe.ts', '@aws-sdk/client-ecs'],
];

const HIDDEN_INPUTS: readonly (readonly [file: string, expression: string])[] = [
  ['core/probe.ts', 'Date.now()'],
  ['core/probe.ts', 'Math.random()'],
  ['control/probe.ts', 'process.env.HOME'],
  ['control/probe.ts', "fetch('http://localhost')"],
  ['api/probe.ts', 'new Date()'],
  ['api/probe.ts', 'Math.random()'],
  ['agent/engine/probe.ts', 'Date.now()'],
];

/** Each case has a file of its own, so that the complaints tell the cases apart. */
const numbered = (file: string, kind: string, index: number): string => file.replace('probe', `probe-${kind}-${index}`);

const forbidden = FORBIDDEN.map(([file, module], index) => [numbered(file, 'forbidden', index), module] as const);
const permitted = PERMITTED.map(([file, module], index) => [numbered(file, 'permitted', index), module] as const);
const hidden = HIDDEN_INPUTS.map(([file, expression], index) => [numbered(file, 'hidden', index), expression] as const);
const CLOCK_READER = 'adapters/probe-clock.ts';

const complaints = lintAll(
  new Map([
    ...[...forbidden, ...permitted].map(([file, module]) => [file, importing(module)] as const),
    ...hidden.map(([file, expression]) => [file, `export const seen = ${expression};\n`] as const),
    [CLOCK_READER, 'export const seen = Date.now();\n'] as const,
  ]),
);

describe('import walls', () => {
  it.each(forbidden)('%s, importing %s, is refused', (file) => {
    expect(complaints(file)).toContain('lint/style/noRestrictedImports');
  });

  it.each(permitted)('%s, importing %s, is accepted', (file) => {
    expect(complaints(file)).not.toContain('noRestrictedImports');
  });
});

describe('hidden inputs', () => {
  it.each(hidden)('%s, reading %s, is refused', (file) => {
    expect(complaints(file)).toMatch(/noRestrictedGlobals|A hidden input/);
  });

  it('an adapter, reading the clock, is accepted', () => {
    expect(complaints(CLOCK_READER)).not.toMatch(/Restricted|hidden/);
  });
});
