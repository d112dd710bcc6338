import { InvalidParameterException, ListClustersCommand, ListServicesCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { readToken, type TokenContext, writeToken } from '#api/page-token.ts';
import { createCluster } from '#control/clusters/create-cluster.ts';
import { openEcs } from '#test/support/ecs-request.ts';

const context: TokenContext = { key: 'secret', principalArn: 'arn:aws:iam::123456789012:user/ada', now: 1_000_000 };
const listing = { operation: 'ListTasks', filter: { cluster: 'default', desiredStatus: 'RUNNING' } };
const DAY_MS = 24 * 3_600_000;
const refused = expect.objectContaining({ code: 'InvalidParameter' });

const outcome = (read: () => string): unknown => {
  try {
    return read();
  } catch (error) {
    return error;
  }
};

describe('page token', () => {
  it('read where it was written, gives the cursor back, whatever its text', () => {
    for (const after of ['web', '', 'a"b\\c', 'Ä€😀', 'x'.repeat(255)]) {
      expect(readToken(context, listing, writeToken(context, listing, after))).toBe(after);
    }
  });

  it.each(['', 'a', 'ab', 'abc'])('with any one character of it changed, is refused (cursor "%s")', (after) => {
    const token = writeToken(context, listing, after);
    for (let at = 0; at < token.length; at += 1) {
      for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=. ') {
        if (letter === token[at]) continue;
        const changed = token.slice(0, at) + letter + token.slice(at + 1);
        expect(outcome(() => readToken(context, listing, changed))).toEqual(refused);
      }
    }
  });

  it('with any one bit of any byte changed, is refused', () => {
    const bytes = Buffer.from(writeToken(context, listing, 'web'), 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit += 1) {
      const changed = Buffer.from(bytes);
      changed.writeUInt8(changed.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(outcome(() => readToken(context, listing, changed.toString('base64url')))).toEqual(refused);
    }
  });

  it('cut, prolonged or no token at all, is refused', () => {
    const token = writeToken(context, listing, 'web');
    const cut = Array.from({ length: token.length }, (_, length) => token.slice(0, length));
    for (const text of [
      ...cut,
      `${token}A`,
      `${token}=`,
      ` ${token}`,
      'x'.repeat(5_000),
      '\ud800',
      'bm90IGEgdG9rZW4',
    ]) {
      expect(outcome(() => readToken(context, listing, text))).toEqual(refused);
    }
  });

  it('of another operation, filter, caller or installation, is refused', () => {
    const token = writeToken(context, listing, 'web');
    const elsewhere = [
      [context, { ...listing, operation: 'ListServices' }],
      [context, { ...listing, filter: { ...listing.filter, cluster: 'other' } }],
      [{ ...context, principalArn: 'arn:aws:iam::123456789012:user/eve' }, listing],
      [{ ...context, key: 'guess' }, listing],
    ] as const;
    for (const [where, what] of elsewhere) expect(outcome(() => readToken(where, what, token))).toEqual(refused);
  });

  it('a day old, is refused; a moment younger, is not', () => {
    const token = writeToken(context, listing, 'web');
    expect(readToken({ ...context, now: context.now + DAY_MS - 1 }, listing, token)).toBe('web');
    expect(outcome(() => readToken({ ...context, now: context.now + DAY_MS }, listing, token))).toEqual(refused);
  });
});

describe('list operations', () => {
  it('given a token of another list or an old one, answer InvalidParameterException', async () => {
    const { client, deps, clock } = openEcs();
    for (const name of ['a', 'b', 'default']) await createCluster(deps, { name, tags: [], settings: [] });
    const { nextToken } = await client.send(new ListClustersCommand({ maxResults: 1 }));
    await expect(client.send(new ListServicesCommand({ nextToken }))).rejects.toBeInstanceOf(InvalidParameterException);
    const second = await client.send(new ListClustersCommand({ maxResults: 2, nextToken }));
    expect(second.clusterArns?.map((arn) => arn.split('/')[1])).toEqual(['b', 'default']);
    clock.advance(DAY_MS);
    await expect(client.send(new ListClustersCommand({ nextToken }))).rejects.toBeInstanceOf(InvalidParameterException);
  });
});
