import { expect, test } from 'vitest';
import { compatibilitiesOf } from '#core/task-definition/compatibilities.ts';
import type { ContainerDraft, DefinitionDraft } from '#core/task-definition/draft.ts';
import { validateDefinition } from '#core/task-definition/validate.ts';

const app: ContainerDraft = { name: 'app', image: 'nginx', memory: 64 };
const task = (overrides: Partial<DefinitionDraft> = {}): DefinitionDraft => ({
  family: 'web',
  containerDefinitions: [app],
  ...overrides,
});
const withApp = (overrides: Partial<ContainerDraft>, rest: Partial<DefinitionDraft> = {}): DefinitionDraft =>
  task({ containerDefinitions: [{ ...app, ...overrides }], ...rest });
const fargate = (overrides: Partial<DefinitionDraft> = {}): DefinitionDraft =>
  task({ networkMode: 'awsvpc', requiresCompatibilities: ['FARGATE'], cpu: '256', memory: '512', ...overrides });

test.each<[string, DefinitionDraft, string]>([
  ['without containers', task({ containerDefinitions: [] }), 'Container list cannot be empty.'],
  ['with eleven containers', task({ containerDefinitions: Array(11).fill(app) }), 'more than 10'],
  ['without a container name', withApp({ name: undefined }), 'Container.name should not be null or empty.'],
  ['without an image', withApp({ image: '' }), 'Container.image should not be null or empty.'],
  ['with one name twice', task({ containerDefinitions: [app, app] }), 'unique'],
  [
    'without memory',
    withApp({ memory: undefined }),
    "At least one of 'memory' or 'memoryReservation' must be specified.",
  ],
  ['with too little memory', withApp({ memory: 5 }), 'at least 6 MiB'],
  ['with a limit below the reservation', withApp({ memoryReservation: 65 }), 'must not be less'],
  ['with nothing essential', withApp({ essential: false }), 'at least one essential'],
  ['with a container port of 0', withApp({ portMappings: [{ containerPort: 0 }] }), "'containerPort'"],
  ['with a host port too high', withApp({ portMappings: [{ containerPort: 1, hostPort: 65_536 }] }), "'hostPort'"],
  ['without a container port', withApp({ portMappings: [{ hostPort: 1 }] }), "'containerPort'"],
  [
    'with different ports under awsvpc',
    withApp({ portMappings: [{ containerPort: 1, hostPort: 2 }] }, { networkMode: 'awsvpc' }),
    'must match',
  ],
  ['with links under awsvpc', withApp({ links: ['db'] }, { networkMode: 'awsvpc' }), 'Links are not supported'],
  ['with a mount of no volume', withApp({ mountPoints: [{ sourceVolume: 'data' }] }), "Unknown volume 'data'."],
  ['with volumes from nobody', withApp({ volumesFrom: [{ sourceContainer: 'db' }] }), "unknown container 'db'"],
  ['that depends on nobody', withApp({ dependsOn: [{ containerName: 'db' }] }), "unknown container 'db'"],
  ['that depends on itself', withApp({ dependsOn: [{ containerName: 'app' }] }), 'cycle'],
  ['with an odd cpu', task({ cpu: 'lots' }), "Invalid 'cpu' setting for task."],
  ['with zero memory', task({ memory: '0' }), "Invalid 'memory' setting for task."],
  ['with containers larger than the task', task({ memory: '32' }), 'must not be greater'],
  ['with more container cpu than task cpu', withApp({ cpu: 300 }, { cpu: '256' }), "total 'cpu'"],
])('validateDefinition, of a definition %s, refuses', (_, definition, reason) => {
  expect(() => validateDefinition(definition)).toThrow(
    expect.objectContaining({ code: 'Refused', message: expect.stringContaining(reason) }),
  );
});

test.each<[string, DefinitionDraft, string]>([
  ['in bridge mode', fargate({ networkMode: 'bridge' }), 'only supports network mode ‘awsvpc’'],
  ['without cpu', fargate({ cpu: undefined }), "'cpu' be defined at the task level"],
  ['without memory', fargate({ memory: undefined }), "'memory' be defined at the task level"],
  [
    'of no Fargate size',
    fargate({ cpu: '1024', memory: '1024' }),
    'No Fargate configuration exists for given values: 1024 CPU, 1024 memory.',
  ],
  ['that is privileged', fargate({ containerDefinitions: [{ ...app, privileged: true }] }), "'privileged'"],
  ['with a host path', fargate({ volumes: [{ name: 'v', host: { sourcePath: '/etc' } }] }), "'host.sourcePath'"],
  [
    'with an added capability',
    fargate({ containerDefinitions: [{ ...app, linuxParameters: { capabilities: { add: ['NET_ADMIN'] } } }] }),
    'capabilities',
  ],
  ['with a long stop timeout', fargate({ containerDefinitions: [{ ...app, stopTimeout: 121 }] }), '120 seconds'],
])('validateDefinition, of a Fargate definition %s, refuses', (_, definition, reason) => {
  expect(() => validateDefinition(definition)).toThrow(reason);
});

test('validateDefinition, of a diamond of dependencies, accepts', () => {
  const on = (...names: string[]) => ({ dependsOn: names.map((containerName) => ({ containerName })) });
  const containerDefinitions = [
    { ...app, name: 'a', ...on('b', 'c') },
    { ...app, name: 'b', ...on('d') },
    { ...app, name: 'c', ...on('d') },
    { ...app, name: 'd' },
  ];
  expect(() => validateDefinition(task({ containerDefinitions }))).not.toThrow();
});

test('compatibilitiesOf, follows network mode and size', () => {
  expect(compatibilitiesOf(task())).toEqual(['EXTERNAL', 'EC2']);
  expect(compatibilitiesOf(task({ networkMode: 'awsvpc' }))).toEqual(['EC2']);
  expect(compatibilitiesOf(fargate())).toEqual(['EC2', 'FARGATE']);
});

test.each([
  ['without CMD', ['curl', 'localhost']],
  ['of CMD alone', ['CMD']],
  ['of nothing', []],
])('validateDefinition, health check %s, refuses', (_, command) => {
  const containerDefinitions = [{ ...app, healthCheck: { command } }];
  expect(() => validateDefinition(task({ containerDefinitions }))).toThrow('must start with CMD or CMD-SHELL');
});

test.each(['SUCCESS', 'COMPLETE'])(
  'validateDefinition, %s of an essential container, refuses as ECS does',
  (condition) => {
    const dependsOn = [{ containerName: 'init', condition }];
    const given = (init: object) =>
      task({
        containerDefinitions: [
          { ...app, dependsOn },
          { ...app, name: 'init', ...init },
        ],
      });
    expect(() => validateDefinition(given({}))).toThrow(
      'A dependency container with SUCCESS or COMPLETE condition cannot be an essential container',
    );
    expect(() => validateDefinition(given({ essential: false }))).not.toThrow();
  },
);

test('validateDefinition, HEALTHY of a container without a check, refuses', () => {
  const dependsOn = [{ containerName: 'db', condition: 'HEALTHY' }];
  const given = (db: object) =>
    task({
      containerDefinitions: [
        { ...app, dependsOn },
        { ...app, name: 'db', ...db },
      ],
    });
  expect(() => validateDefinition(given({}))).toThrow("Container 'db' must have a health check");
  expect(() => validateDefinition(given({ healthCheck: { command: ['CMD', 'true'] } }))).not.toThrow();
});
