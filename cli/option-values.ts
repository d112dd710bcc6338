import { UsageError } from './errors.ts';

type Parser<T> = (text: string) => T;

const shown = (text: string): string => `'${text}'`;

/** A whole number from `min` to `max`, written in digits alone. */
export function wholeNumber(flag: string, min: number, max: number): Parser<number> {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    throw new UsageError(`${flag} must be a whole number from ${min} to ${max}, got ${shown(text)}`);
  };
}

/** A number above 0 and at most `max`. */
export function positiveNumber(flag: string, max: number): Parser<number> {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
    if (value > 0 && value <= max) return value;
    throw new UsageError(`${flag} must be a number above 0 and at most ${max}, got ${shown(text)}`);
  };
}

/** One word of a fixed list. */
export function oneOf<const T extends string>(flag: string, choices: readonly T[]): Parser<T> {
  return (text) => {
    const found = choices.find((choice) => choice === text);
    if (found !== undefined) return found;
    throw new UsageError(`${flag} must be one of ${choices.join(', ')}, got ${shown(text)}`);
  };
}

/** Text of a known form. */
export function matching(flag: string, form: RegExp, described: string): Parser<string> {
  return (text) => {
    if (form.test(text)) return text;
    throw new UsageError(`${flag} must be ${described}, got ${shown(text)}`);
  };
}

/** Non-empty text, such as a path. */
export const someText = (flag: string): Parser<string> => matching(flag, /\S/, 'given a value');

export interface MachineSize {
  /** CPU units: 1024 are one CPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
}

/** `cpu,memory` in CPU units and MiB. */
export function machineSize(flag: string): Parser<MachineSize> {
  return (text) => {
    const [, cpu, memory] = /^(\d{1,9}),(\d{1,9})$/.exec(text) ?? [];
    const size = { cpu: Number(cpu), memory: Number(memory) };
    if (size.cpu > 0 && size.memory > 0) return size;
    throw new UsageError(`${flag} must be CPU units and MiB such as 4096,8192, got ${shown(text)}`);
  };
}

/** An http or https address without a path. */
export function httpAddress(flag: string): Parser<string> {
  return (text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    if (url !== undefined && /^https?:$/.test(url.protocol)) return text.replace(/\/+$/, '');
    throw new UsageError(`${flag} must be an http or https address, got ${shown(text)}`);
  };
}

export type Attributes = Readonly<Record<string, string>>;

/** `name=value`, given once for each attribute. */
export function attribute(flag: string): (text: string, earlier: Attributes) => Attributes {
  return (text, earlier) => {
    const [, name, value] = /^([\w./:-]{1,128})=(.{0,128})$/.exec(text) ?? [];
    if (name === undefined || value === undefined) {
      throw new UsageError(`${flag} must be name=value, got ${shown(text)}`);
    }
    return { ...earlier, [name]: value };
  };
}
