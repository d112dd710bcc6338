import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { renderEksCompatibility } from '../../../scripts/render-eks-compatibility.ts';

test('docs/eks-compatibility.md, says what the operations say; `npm run docs:eks` writes it anew', () => {
  const written = readFileSync(path.join(import.meta.dirname, '../../../docs/eks-compatibility.md'), 'utf8');
  expect(written).toBe(renderEksCompatibility());
});
