import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { resourceName } from '#core/kube/resource.ts';
import { RESOURCES } from '#core/kube/resources.ts';
import { KIND_NOTES } from '../../../scripts/kube-compatibility-notes.ts';
import { renderKubeCompatibility } from '../../../scripts/render-kube-compatibility.ts';

test('docs/kubernetes-compatibility.md, says what the resource table says; `npm run docs:kube` writes it anew', () => {
  const written = readFileSync(path.join(import.meta.dirname, '../../../docs/kubernetes-compatibility.md'), 'utf8');
  expect(written).toBe(renderKubeCompatibility());
});

test('notes on kinds, are about kinds of the table', () => {
  expect(RESOURCES.map(resourceName)).toEqual(expect.arrayContaining(Object.keys(KIND_NOTES)));
});
