import { describe, expect, it } from 'vitest';
import { RESOURCES } from '#core/kube/resources.ts';
import { schemaOf, typeNamed, typeNames } from '#core/kube/schema/schema.ts';
import type { Shape } from '#core/kube/schema/shape.ts';

const served = RESOURCES.flatMap(({ group, version, kind, subresources }) => [
  { group, version, kind },
  ...subresources.map((part) => ({ group: part.group ?? group, version: part.version ?? version, kind: part.kind })),
]);

describe('schema of the Kubernetes API', () => {
  it.each(served)('$kind of $group/$version, is in the table', (kind) => {
    expect(schemaOf(kind)?.isKind).toBe(true);
  });

  it('options and statuses, are of every group', () => {
    expect(schemaOf({ group: 'apps', version: 'v1', kind: 'DeleteOptions' })?.name).toBe('meta.v1.DeleteOptions');
  });

  it.each(['PodSpec', 'Nothing', 'toString'])('%s, is no kind', (kind) => {
    expect(schemaOf({ group: '', version: 'v1', kind })).toBeUndefined();
  });

  it('every type that another names, is there, and none holds itself', () => {
    const named = (shape: Shape): readonly string[] => {
      if (shape.kind === 'object') return [shape.type];
      if (shape.kind === 'list') return named(shape.element);
      return shape.kind === 'map' ? named(shape.value) : [];
    };
    const walk = (name: string, around: readonly string[]): void => {
      expect(around).not.toContain(name);
      for (const { shape } of typeNamed(name).fields.values()) {
        for (const inner of named(shape)) walk(inner, [...around, name]);
      }
    };
    for (const name of typeNames()) walk(name, []);
  });

  it('lists, are merged by the keys the Kubernetes API declares', () => {
    const list = (type: string, name: string) => typeNamed(type).fields.get(name);
    expect(list('core.v1.Container', 'ports')).toMatchObject({
      merge: { kind: 'by-key', keys: ['containerPort', 'protocol'] },
      patch: { kind: 'by-key', keys: ['containerPort'] },
    });
    expect(list('meta.v1.ObjectMeta', 'finalizers')).toMatchObject({ merge: { kind: 'set' }, patch: { kind: 'set' } });
    expect(list('core.v1.Container', 'command')).toMatchObject({
      merge: { kind: 'atomic' },
      patch: { kind: 'atomic' },
    });
    expect(list('core.v1.PodSpec', 'volumes')).toMatchObject({ retainsKeys: true, number: 1, isRequired: false });
    expect(list('core.v1.ContainerPort', 'protocol')).toMatchObject({ assumed: 'TCP' });
  });

  it('members of an embedded type, are the outer type’s own in JSON and a message in protobuf', () => {
    const volume = typeNamed('core.v1.Volume');
    expect(volume.fields.get('emptyDir')?.shape).toEqual({ kind: 'object', type: 'core.v1.EmptyDirVolumeSource' });
    expect(volume.message.get(2)).toEqual({ embedded: 'core.v1.VolumeSource' });
  });
});
