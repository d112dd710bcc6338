import { describe, expect, it } from 'vitest';
import {
  attribute,
  httpAddress,
  machineSize,
  matching,
  oneOf,
  positiveNumber,
  wholeNumber,
} from '#cli/option-values.ts';

describe('option values', () => {
  it('a whole number, inside its bounds, is read', () => {
    expect(wholeNumber('--agents', 0, 100)('100')).toBe(100);
  });

  it.each(['x', '', '-1', '101', '1.5', '1e2', ' 1'])(
    'a whole number, given %j, is refused by name and bounds',
    (text) => {
      expect(() => wholeNumber('--agents', 0, 100)(text)).toThrow(
        `--agents must be a whole number from 0 to 100, got '${text}'`,
      );
    },
  );

  it.each(['0', '-1', 'fast', 'Infinity', '101'])('a factor, given %j, is refused', (text) => {
    expect(() => positiveNumber('--time-scale', 100)(text)).toThrow(/--time-scale must be a number above 0/);
  });

  it('a machine size, given CPU units and MiB, is read', () => {
    expect(machineSize('--agent-size')('4096,8192')).toEqual({ cpu: 4096, memory: 8192 });
  });

  it.each(['4096', '0,1', '1,0', 'a,b', '1,2,3'])('a machine size, given %j, is refused', (text) => {
    expect(() => machineSize('--agent-size')(text)).toThrow(/--agent-size must be CPU units and MiB/);
  });

  it('a choice, given another word, names the choices', () => {
    expect(() => oneOf('--store', ['sqlite', 'dynamodb'])('redis')).toThrow(
      "--store must be one of sqlite, dynamodb, got 'redis'",
    );
  });

  it('an account id, too short, is refused', () => {
    expect(() => matching('--account-id', /^\d{12}$/, '12 digits')('1')).toThrow(
      "--account-id must be 12 digits, got '1'",
    );
  });

  it('an address, ending in a slash, loses it', () => {
    expect(httpAddress('--endpoint')('http://127.0.0.1:8700/')).toBe('http://127.0.0.1:8700');
  });

  it.each(['ftp://x', 'nowhere', ''])('an address, given %j, is refused', (text) => {
    expect(() => httpAddress('--endpoint')(text)).toThrow(/--endpoint must be an http or https address/);
  });

  it('attributes, given one after another, are gathered', () => {
    expect(attribute('--attribute')('disk=ssd', { zone: 'a' })).toEqual({ zone: 'a', disk: 'ssd' });
  });
});
