import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { renderEcsCompatibility } from '../../../scripts/render-ecs-compatibility.ts';

test('docs/ecs-compatibility.md, says what the declarations say; `npm run docs:ecs` writes it anew', () => {
  const written = readFileSync(path.join(import.meta.dirname, '../../../docs/ecs-compatibility.md'), 'utf8');
  expect(written).toBe(renderEcsCompatibility());
});
