/** CPU units from `"256"`, `"1 vCPU"` or `".5 vcpu"`; undefined when the text is none of them. */
export const parseCpu = (text: string): number | undefined => parse(text, /^(\d*\.?\d+)\s*vcpu$/i);

/** MiB from `"512"`, `"2GB"` or `"0.5 GB"`; undefined when the text is none of them. */
export const parseMemory = (text: string): number | undefined => parse(text, /^(\d*\.?\d+)\s*gb$/i);

/** No sensible size is longer, and patterns are kept away from long text. */
const MAX_LENGTH = 32;

/** Both units are counted in 1024ths of the larger one. */
function parse(text: string, larger: RegExp): number | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const trimmed = text.trim();
  if (/^\d{1,9}$/.test(trimmed)) return Number(trimmed);
  const amount = larger.exec(trimmed)?.[1];
  if (amount === undefined) return undefined;
  const units = Number(amount) * 1024;
  return Number.isSafeInteger(units) ? units : undefined;
}
