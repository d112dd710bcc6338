import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readProtobuf } from '#api/kube/protobuf/read-protobuf.ts';
import { decodeObject } from '#core/kube/schema/decode-object.ts';
import { typeNamed, typeNames } from '#core/kube/schema/schema.ts';
import { arbitraryObject } from '#test/support/arbitrary-object.ts';
import { encodeKind } from '#test/support/encode-protobuf.ts';

const kinds = typeNames().filter((name) => typeNamed(name).isKind);

describe('protobuf of the Kubernetes API', () => {
  it.each(kinds)('%s, is read as the same object as its JSON', (name) => {
    const [group = '', version = '', kind = ''] = name.split('.');
    const apiVersion = group === 'core' || group === 'meta' ? version : `${group}/${version}`;
    fc.assert(
      fc.property(arbitraryObject(name), (object) => {
        const read = readProtobuf(encodeKind(apiVersion, kind, name, object));
        const { object: sent, unknown } = decodeObject(typeNamed(name), { apiVersion, kind, ...object });
        expect(unknown).toEqual([]);
        expect(decodeObject(typeNamed(name), read).object).toEqual(sent);
      }),
      { numRuns: 40 },
    );
  });
});
