/** The arguments that are more than text. Each reader answers undefined for text that is none. */

const MAX_VERSION = 64;

/** `1.14.5`, also with a leading v; what follows a dash or plus, as in 1.2.0-rc1, does not count. */
export function parseVersion(text: string): readonly number[] | undefined {
  if (text.length > MAX_VERSION) return undefined;
  const numbers = /^v?(\d{1,9}(?:\.\d{1,9})*)(?:[-+].*)?$/.exec(text)?.[1];
  return numbers?.split('.').map(Number);
}

/** Missing parts are zeros: 1.2 is 1.2.0. */
export function compareVersions(left: readonly number[], right: readonly number[]): number {
  for (let part = 0; part < Math.max(left.length, right.length); part += 1) {
    const difference = (left[part] ?? 0) - (right[part] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

export const parseCount = (text: string): number | undefined => (/^\d{1,9}$/.test(text) ? Number(text) : undefined);

const DATE = /^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2}):(\d{2}):(\d{2})(Z|[+-]\d{2}:\d{2})?)?$/;
const DAY_SECONDS = 86_400;

/** The four forms ECS lists, as seconds since 1970; a time without a zone is UTC. */
export function parseDate(text: string): number | undefined {
  const match = text.length > 32 ? undefined : DATE.exec(text);
  if (!match) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((it) => Number(it ?? 0));
  const isDay = day >= 1 && day <= daysIn(year, month);
  if (!isDay || hour > 23 || minute > 59 || second > 59) return undefined;
  const offset = offsetSeconds(match[7]);
  if (offset === undefined) return undefined;
  return daysSinceEpoch(year, month, day) * DAY_SECONDS + hour * 3600 + minute * 60 + second - offset;
}

function offsetSeconds(zone = 'Z'): number | undefined {
  if (zone === 'Z') return 0;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  if (hours > 18 || minutes > 59) return undefined;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 3600 + minutes * 60);
}

const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const daysIn = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (DAYS[month - 1] ?? 0));

function daysSinceEpoch(year: number, month: number, day: number): number {
  const before = year - 1;
  const leaps = Math.floor(before / 4) - Math.floor(before / 100) + Math.floor(before / 400);
  const yearDays = before * 365 + leaps - 719_162;
  let monthDays = 0;
  for (let earlier = 1; earlier < month; earlier += 1) monthDays += daysIn(year, earlier);
  return yearDays + monthDays + day - 1;
}
