import { describe, expect, it } from 'vitest';
import { matchesLabels, parseLabelSelector } from '#core/kube/selector/label-selector.ts';

const labels = { app: 'web', tier: 'front', 'example.com/size': '12' };
const matches = (selector: string): boolean => matchesLabels(parseLabelSelector(selector), labels);

describe('label selector', () => {
  it.each([
    ['', true],
    ['app=web', true],
    ['app==web,tier=front', true],
    ['app=web,tier=back', false],
    ['app!=db', true],
    ['missing!=x', true],
    ['app in (db, web)', true],
    ['app notin (db,web)', false],
    ['missing notin (x)', true],
    ['missing in (x)', false],
    ['tier', true],
    ['!tier', false],
    ['!missing', true],
    ['example.com/size>11', true],
    ['example.com/size<12', false],
    ['app>1', false],
    ['toString', false],
    ['app=', false],
  ])('%j, selects as Kubernetes does: %s', (selector, expected) => {
    expect(matches(selector)).toBe(expected);
  });

  it.each(['=web', 'app=w/b', 'app in web', 'app in (a', 'a b', 'app>x', `${'a'.repeat(64)}=b`, 'app=a=b', ','])(
    '%j, is refused by name',
    (selector) => {
      expect(() => parseLabelSelector(selector)).toThrow(/unable to parse the label selector/);
    },
  );

  it('megabytes of text, are refused before they are looked at', () => {
    expect(() => parseLabelSelector('('.repeat(1_000_000))).toThrow(/longer than/);
  });
});
