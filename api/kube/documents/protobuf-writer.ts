/** Bytes of one or more fields; a message is the fields in it, one after the other. */
export type Fields = readonly number[];

const LENGTH_DELIMITED = 2;

function varint(value: number): Fields {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return [...bytes, rest];
}

const delimited = (number: number, content: ArrayLike<number> & Iterable<number>): Fields => [
  ...varint(number * 8 + LENGTH_DELIMITED),
  ...varint(content.length),
  ...content,
];

/** A text field of a protobuf message. */
export const textField = (number: number, text: string): Fields => delimited(number, new TextEncoder().encode(text));

/** A field that holds a message, made of that message's fields. */
export const messageField = (number: number, ...fields: readonly Fields[]): Fields => delimited(number, fields.flat());
