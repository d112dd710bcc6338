import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = path.join(import.meta.dirname, '..', '..');
const BIOME = path.join(ROOT, 'node_modules', '.bin', 'biome');

/** What the linter says of `source` as if it stood at `file`; nothing is written. */
function complaints(file: string, source: string): string {
  const args = ['lint', `--stdin-file-path=${file}`, '--colors=off'];
  const { stdout, stderr } = spawnSync(BIOME, args, { cwd: ROOT, input: source, encoding: 'utf8' });
  return [stderr, stdout].filter((text) => text !== source).join('\n');
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

describe('import walls', () => {
  it.each(FORBIDDEN)('%s, importing %s, is refused', (file, module) => {
    expect(complaints(file, importing(module))).toContain('lint/style/noRestrictedImports');
  });

  it.each(PERMITTED)('%s, importing %s, is accepted', (file, module) => {
    expect(complaints(file, importing(module))).not.toContain('noRestrictedImports');
  });
});

describe('hidden inputs', () => {
  it.each(HIDDEN_INPUTS)('%s, reading %s, is refused', (file, expression) => {
    expect(complaints(file, `export const seen = ${expression};\n`)).toMatch(/noRestrictedGlobals|A hidden input/);
  });

  it('an adapter, reading the clock, is accepted', () => {
    expect(complaints('adapters/probe.ts', 'export const seen = Date.now();\n')).not.toMatch(/Restricted|hidden/);
  });
});
