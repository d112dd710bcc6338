import type { Scalar, Shape } from './shape.ts';

const SCALARS: Readonly<Record<Scalar, string>> = {
  string: 'string',
  bytes: '[]uint8',
  bool: 'bool',
  int32: 'int32',
  int64: 'int64',
  time: 'string',
  microtime: 'string',
  duration: 'string',
  quantity: 'resource.Quantity',
  intstr: 'int32',
  raw: 'runtime.RawExtension',
  fields: 'map[string]interface {}',
  strings: '[]string',
};

/** What messages call a type, as users of kubectl know it: `[]v1.Container`, `map[string]string`. */
export function goType(shape: Shape): string {
  switch (shape.kind) {
    case 'scalar':
      return SCALARS[shape.type];
    case 'object':
      return shape.type.slice(shape.type.indexOf('.') + 1);
    case 'list':
      return `[]${goType(shape.element)}`;
    case 'map':
      return `map[string]${goType(shape.value)}`;
  }
}
