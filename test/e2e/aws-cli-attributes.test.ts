import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Attribute, Failure, Task, TaskDefinition } from '@aws-sdk/client-ecs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type AwsCli, awsCli, awsCliMissing } from '#test/support/e2e-aws-cli.ts';
import { instancesThere } from '#test/support/e2e-ecs.ts';
import { runnable } from '#test/support/loud-skip.ts';
import { startStack } from '#test/support/running-stack.ts';
import { waitUntil } from '#test/support/wait-until.ts';

const TASK = { family: 'hello', containerDefinitions: [{ name: 'main', image: 'busybox', memory: 64 }] };

describe.runIf(runnable('the AWS command line against a stack', await awsCliMissing()))('aws ecs, attributes', () => {
  let aws: AwsCli;
  let chosen: string;

  beforeAll(async () => {
    const size = ['--agents', '2', '--agent-size', '1024,1024'];
    const stack = await startStack({ args: ['--runtime', 'simulated', '--time-scale', '0.2', ...size] });
    aws = awsCli(stack, stack.dataDir);
    const instances = await instancesThere(stack.ecs, 2);
    chosen = instances[1] ?? '';
    writeFileSync(path.join(stack.dataDir, 'task.json'), JSON.stringify(TASK));
    await aws.json('register-task-definition', '--cli-input-json', 'file://task.json');
  });

  it('a task waits for an instance with an attribute and runs there once it was put', async () => {
    const constraint = 'type=memberOf,expression=attribute:disk =~ ssd.*';
    const { tasks } = await aws.json<{ tasks: Task[] }>(
      ...['run-task', '--task-definition', 'hello', '--placement-constraints', constraint],
    );
    const arn = tasks[0]?.taskArn ?? '';
    const put = await aws.json<{ attributes: Attribute[] }>(
      ...['put-attributes', '--attributes', `name=disk,value=ssd-1,targetId=${chosen}`],
    );
    expect(put.attributes).toEqual([{ name: 'disk', value: 'ssd-1', targetId: chosen }]);
    const { value: running } = await waitUntil(
      'the task runs',
      () => aws.json<{ tasks: Task[] }>('describe-tasks', '--tasks', arn),
      (answer) => answer.tasks[0]?.lastStatus === 'RUNNING',
      { withinMs: 20_000 },
    );
    expect(running.tasks[0]?.containerInstanceArn).toBe(chosen);
  });

  it('instances and attributes are listed by what was put', async () => {
    const listed = await aws.json<{ containerInstanceArns: string[] }>(
      ...['list-container-instances', '--filter', 'attribute:disk == ssd-1 and not(task:group == nobody)'],
    );
    expect(listed.containerInstanceArns).toEqual([chosen]);
    const disks = ['list-attributes', '--target-type', 'container-instance', '--attribute-name', 'disk'];
    const { attributes } = await aws.json<{ attributes: Attribute[] }>(...disks);
    expect(attributes).toEqual([{ name: 'disk', value: 'ssd-1', targetId: chosen }]);
    await aws.json('delete-attributes', '--attributes', `name=disk,targetId=${chosen}`);
    expect((await aws.json<{ attributes: Attribute[] }>(...disks)).attributes).toEqual([]);
  });

  it('a bad expression is refused with the place where it is wrong', async () => {
    const { code, stderr } = await aws.run('list-container-instances', '--filter', 'attribute:disk = ssd');
    expect(code).not.toBe(0);
    expect(stderr).toContain('InvalidParameterException');
    expect(stderr).toContain("at character 16, found '='");
  });

  it('a revision is deleted after it was deregistered, and not before', async () => {
    const remove = () =>
      aws.json<{ taskDefinitions: TaskDefinition[]; failures: Failure[] }>(
        ...['delete-task-definitions', '--task-definitions', 'hello:1'],
      );
    expect(await remove()).toMatchObject({
      taskDefinitions: [],
      failures: [{ reason: expect.stringContaining('ACTIVE') }],
    });
    await aws.json('deregister-task-definition', '--task-definition', 'hello:1');
    expect((await remove()).taskDefinitions).toMatchObject([{ status: 'DELETE_IN_PROGRESS' }]);
  });
});
