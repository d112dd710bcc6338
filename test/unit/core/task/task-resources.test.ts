import { describe, expect, test } from 'vitest';
import type { TaskDefinitionDocument } from '#core/model/task-definition.ts';
import { taskHostPorts, taskResources } from '#core/task/task-resources.ts';

const document = (rest: Partial<TaskDefinitionDocument>): TaskDefinitionDocument => ({
  family: 'web',
  containerDefinitions: [
    { name: 'a', image: 'i', cpu: 100, memory: 300, memoryReservation: 200 },
    { name: 'b', image: 'i', cpu: 50, memory: 100 },
  ],
  ...rest,
});

describe('task resources', () => {
  test('sum, no task size, counts the soft limit where there is one', () => {
    expect(taskResources(document({}), undefined)).toEqual({ cpu: 150, memory: 300 });
  });

  test('task size, given, wins over the containers', () => {
    expect(taskResources(document({ cpu: '256', memory: '512' }), undefined)).toEqual({ cpu: 256, memory: 512 });
  });

  test('overrides, of task and container, win over both', () => {
    expect(taskResources(document({}), { containerOverrides: [{ name: 'b', cpu: 500, memory: 900 }] })).toEqual({
      cpu: 600,
      memory: 1_100,
    });
    expect(taskResources(document({ cpu: '256' }), { cpu: '1024', memory: '2048' })).toEqual({
      cpu: 1_024,
      memory: 2_048,
    });
  });
});

describe('task host ports', () => {
  const mapped = (rest: Partial<TaskDefinitionDocument>, hostPort?: number) =>
    taskHostPorts({
      family: 'web',
      containerDefinitions: [
        {
          name: 'a',
          image: 'i',
          portMappings: [{ containerPort: 80, protocol: 'udp', ...(hostPort === undefined ? {} : { hostPort }) }],
        },
      ],
      ...rest,
    });

  test('bridge, a fixed port, is claimed; a dynamic one is not', () => {
    expect(mapped({}, 8080)).toEqual([{ port: 8080, protocol: 'udp' }]);
    expect(mapped({}, 0)).toEqual([]);
    expect(mapped({})).toEqual([]);
  });

  test('host, no host port, claims the container port', () => {
    expect(mapped({ networkMode: 'host' })).toEqual([{ port: 80, protocol: 'udp' }]);
  });

  test('awsvpc, any port, claims nothing of the machine', () => {
    expect(mapped({ networkMode: 'awsvpc' }, 80)).toEqual([]);
  });
});
