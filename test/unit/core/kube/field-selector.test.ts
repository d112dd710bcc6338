import { describe, expect, it } from 'vitest';
import type { KubeObject } from '#core/kube/object.ts';
import { matchesFields, parseFieldSelector } from '#core/kube/selector/field-selector.ts';

const pod: KubeObject = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', resourceVersion: '1', creationTimestamp: '' },
  spec: { nodeName: 'node-1' },
  status: { phase: 'Running' },
};
const SELECTABLE = ['status.phase', 'spec.nodeName', 'spec.restartPolicy'];
const matches = (text: string): boolean => matchesFields(parseFieldSelector(text, SELECTABLE), pod);

describe('field selector', () => {
  it.each([
    ['', true],
    ['metadata.name=web', true],
    ['metadata.namespace==shop,status.phase=Running', true],
    ['spec.nodeName=node-1,status.phase!=Succeeded,status.phase!=Failed', true],
    ['status.phase!=Running', false],
    ['spec.restartPolicy=', true],
    [String.raw`metadata.name=we\,b`, false],
  ])('%j, selects as Kubernetes does: %s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it('a field its kind cannot be selected by, is refused by name', () => {
    expect(() => parseFieldSelector('spec.hostname=a', SELECTABLE)).toThrow('field label not supported: spec.hostname');
  });

  it('text that is no requirement, is refused', () => {
    expect(() => parseFieldSelector('metadata.name', SELECTABLE)).toThrow(/can't understand "metadata.name"/);
  });
});
