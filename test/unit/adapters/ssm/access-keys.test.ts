import { ParameterAlreadyExists, ParameterNotFound, type SSMClient } from '@aws-sdk/client-ssm';
import { expect, test } from 'vitest';
import { createSsmAccessKeys } from '#adapters/ssm/access-keys.ts';
import { steppedClock } from '#test/support/stepped-clock.ts';

interface Command {
  readonly constructor: { readonly name: string };
  readonly input: { readonly Name: string; readonly Value?: string };
}

/** Parameter Store, reduced to what is asked of it; `onGet` may change it between a read and the answer to it. */
function parameterStore(onGet: (parameters: Map<string, string>) => void = () => {}) {
  const parameters = new Map<string, string>();
  const send = async (command: Command): Promise<object> => {
    const { Name, Value = '' } = command.input;
    const known = parameters.get(Name);
    if (command.constructor.name === 'GetParameterCommand') {
      onGet(parameters);
      if (known === undefined) throw new ParameterNotFound({ message: 'none', $metadata: {} });
      return { Parameter: { Value: known } };
    }
    if (parameters.has(Name)) throw new ParameterAlreadyExists({ message: 'taken', $metadata: {} });
    parameters.set(Name, Value);
    return {};
  };
  return { parameters, client: { send } as unknown as SSMClient };
}

const open = (client: SSMClient, secret: string) =>
  createSsmAccessKeys({ client, path: '/berth/dev/access-keys', clock: steppedClock(), newSecret: () => secret });

test('key of page tokens, of an installation that has none, is made once and is the same for every process', async () => {
  const { client, parameters } = parameterStore();
  expect(await open(client, 'first').pageTokenKey()).toBe('first');
  expect(await open(client, 'second').pageTokenKey()).toBe('first');
  expect([...parameters.keys()]).toEqual(['/berth/dev/access-keys/page-token-key']);
});

test('key of page tokens, made by another process at the same moment, is that one', async () => {
  const { client } = parameterStore((parameters) => {
    parameters.set('/berth/dev/access-keys/page-token-key', 'theirs');
  });
  expect(await open(client, 'ours').pageTokenKey()).toBe('theirs');
});

test('key of page tokens, is no access key', async () => {
  const { client } = parameterStore();
  const keys = open(client, 'secret');
  await keys.pageTokenKey();
  expect(await keys.find('page-token-key')).toBeUndefined();
});

test('access key, that there is, is found with its principal', async () => {
  const { client, parameters } = parameterStore();
  const key = { secretAccessKey: 'secret', principalArn: 'arn:aws:iam::123456789012:user/ada' };
  parameters.set('/berth/dev/access-keys/AKIAAAAAAAAAAAAA', JSON.stringify(key));
  expect(await open(client, '').find('AKIAAAAAAAAAAAAA')).toEqual(key);
  expect(await open(client, '').find('AKIABBBBBBBBBBBB')).toBeUndefined();
});
