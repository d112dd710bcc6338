import { describe, expect, it } from 'vitest';
import { MAX_QUERY_DEPTH, parseQuery } from '#core/placement/query/parse-query.ts';
import { selects } from './facts.ts';

describe("cluster query, the expressions of AWS's developer guide", () => {
  it.each([
    ['attribute:ecs.instance-type == t2.small', { attributes: { 'ecs.instance-type': 't2.small' } }, true],
    ['attribute:ecs.instance-type == t2.small', { attributes: { 'ecs.instance-type': 't2.smaller' } }, false],
    [
      'attribute:ecs.availability-zone in [us-east-1a, us-east-1b]',
      { attributes: { 'ecs.availability-zone': 'us-east-1b' } },
      true,
    ],
    [
      'attribute:ecs.availability-zone in [us-east-1a, us-east-1b]',
      { attributes: { 'ecs.availability-zone': 'us-east-1c' } },
      false,
    ],
    [
      'attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d',
      { attributes: { 'ecs.instance-type': 'g2.8xlarge', 'ecs.availability-zone': 'us-east-1a' } },
      true,
    ],
    [
      'attribute:ecs.instance-type =~ g2.* and attribute:ecs.availability-zone != us-east-1d',
      { attributes: { 'ecs.instance-type': 'g2.8xlarge', 'ecs.availability-zone': 'us-east-1d' } },
      false,
    ],
    ['task:group == service:production', { groups: new Set(['family:x', 'service:production']) }, true],
    ['not(task:group == database)', { groups: new Set(['web']) }, true],
    ['not(task:group == database)', { groups: new Set(['web', 'database']) }, false],
    ['runningTasksCount == 1', {}, true],
    ['runningTasksCount == 1', { runningTasksCount: 2 }, false],
    ['agentVersion < 1.14.5', { agentVersion: '1.9.12' }, true],
    ['agentVersion < 1.14.5', { agentVersion: '1.14.5' }, false],
    ['registeredAt < 2018-02-13', {}, true],
    ['registeredAt < 2018-02-13', { registeredAt: Date.UTC(2018, 1, 13) }, false],
    ["ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", {}, true],
    ["ec2InstanceId in ['i-abcd1234', 'i-wxyx7890']", { ec2InstanceId: 'i-other' }, false],
  ])('%s on %o: %s', (expression, changes, expected) => {
    expect(selects(expression, changes)).toBe(expected);
  });
});

describe('cluster query, what is compared', () => {
  it.each([
    ['attribute:retiring != true', false],
    ['attribute:retiring !in [true]', false],
    ['attribute:retiring !~ true', false],
    ['attribute:retiring > 0', false],
    ['attribute:retiring !exists', true],
    ['attribute:retiring not_exists', true],
    ['not(attribute:retiring == true)', true],
    ['attribute:constructor exists', false],
    ['attribute:__proto__ exists', false],
  ])('an instance without the attribute, %s: %s', (expression, expected) => {
    expect(selects(expression, { attributes: {} })).toBe(expected);
  });

  it.each([
    ['attribute:rack > 9', true],
    ['attribute:rack < 9', false],
    ['attribute:rack >= 10', true],
    ['attribute:rack greater_than abc', false],
  ])('an attribute in order, %s on 10: numbers by size, else as text', (expression, expected) => {
    expect(selects(expression, { attributes: { rack: '10' } })).toBe(expected);
  });

  it.each([
    ['registeredAt == 2018-06-18T22:28:28+00:00', true],
    ['registeredAt == 2018-06-18T22:28:28Z', true],
    ['registeredAt equals 2018-06-18T22:28:28', true],
    ['registeredAt == 2018-06-19T00:28:28+02:00', true],
    ['registeredAt == 2018-06-18', false],
    ['registeredAt > 2018-06-18', true],
    ['registeredAt < 2020-02-29', true],
  ])('a date, %s: the second counts, and a date without a time is its first one', (expression, expected) => {
    expect(selects(expression, { registeredAt: Date.UTC(2018, 5, 18, 22, 28, 28, 250) })).toBe(expected);
  });

  it('a version, whatever follows its numbers: missing parts are zeros', () => {
    expect(selects('agentVersion == 1.2', { agentVersion: 'v1.2.0-rc1' })).toBe(true);
    expect(selects('agentVersion >= 1.10', { agentVersion: '1.9' })).toBe(false);
    expect(selects('agentVersion != 1.2', { agentVersion: 'unknown' })).toBe(false);
  });

  it('the agent: true or false, also as a pattern', () => {
    expect(selects('agentConnected == true')).toBe(true);
    expect(selects('agentConnected =~ f.*', { agentConnected: false })).toBe(true);
    expect(selects('agentConnected in [false]')).toBe(false);
  });

  it('an instance without tasks: it is not in any group', () => {
    expect(selects('task:group != database')).toBe(true);
    expect(selects('task:group exists')).toBe(false);
    expect(selects('task:group !in [a, b]', { groups: new Set(['c', 'b']) })).toBe(false);
  });
});

describe('cluster query, how it is put together', () => {
  const on = { attributes: { a: '1', b: '1' } };

  it('and binds tighter than or, not tighter than and', () => {
    expect(selects('attribute:a == 1 or attribute:a == 2 and attribute:b == 2', on)).toBe(true);
    expect(selects('(attribute:a == 1 || attribute:a == 2) && attribute:b == 2', on)).toBe(false);
    expect(selects('not attribute:a == 2 and attribute:b == 1', on)).toBe(true);
    expect(selects('!(attribute:a == 1) || !attribute:b == 2', on)).toBe(true);
  });

  it('spaces around operators: they are free', () => {
    expect(selects('  (attribute:a==1&&attribute:b  in[1 , "2"])\n', on)).toBe(true);
    expect(selects("attribute:a=='1'", on)).toBe(true);
  });

  it('text in quotes: it is a value, whatever it looks like', () => {
    expect(selects('attribute:a == "x and y) [z]"', { attributes: { a: 'x and y) [z]' } })).toBe(true);
    expect(selects('attribute:a == and', { attributes: { a: 'and' } })).toBe(true);
  });

  it('a thousand negations: as deep as one', () => {
    expect(selects(`${'!'.repeat(999)} attribute:a == 1`, on)).toBe(false);
  });

  it('the deepest parentheses are read, one more pair is refused', () => {
    const nested = (depth: number) => `${'('.repeat(depth)}attribute:a == 1${')'.repeat(depth)}`;
    expect(selects(nested(MAX_QUERY_DEPTH), on)).toBe(true);
    expect(() => parseQuery(nested(MAX_QUERY_DEPTH + 1))).toThrow('more than 10 deep (character 11)');
  });
});

describe('cluster query, what cannot be read', () => {
  it.each([
    ['', 'expected a subject (agentConnected, '],
    ['', 'at character 1, found the end of the expression'],
    ['memory > 5', "at character 1, found 'memory'"],
    ['attribute: == 1', "expected the name of an attribute at character 1, found 'attribute:'"],
    ["'attribute:a' == 1", 'expected a subject'],
    ['attribute:a', 'expected an operator (==, !=, '],
    ['attribute:a', 'at character 12, found the end of the expression'],
    ['attribute:a is 1', "at character 13, found 'is'"],
    ["attribute:a 'in' [1]", "at character 13, found 'in'"],
    ['attribute:a = 1', "at character 13, found '='"],
    ['attribute:a == ', 'expected a value at character 16, found the end of the expression'],
    ['attribute:a == (1)', "expected a value at character 16, found '('"],
    ['attribute:a in 1', "expected a list such as [a, b] at character 16, found '1'"],
    ['attribute:a in [1 2]', "expected a comma or a closing bracket at character 19, found '2'"],
    ['attribute:a in []', "expected a value at character 17, found ']'"],
    [
      'attribute:a == 1 attribute:b == 1',
      "expected and, or, or the end of the expression at character 18, found 'attr",
    ],
    ['(attribute:a == 1', 'expected and, or, or a closing parenthesis at character 18'],
    ['attribute:a == 1)', "at character 17, found ')'"],
    ['attribute:a == "1', 'expected the closing " of the text at character 16 at character 18'],
    ['attribute:a == 1 & attribute:b == 1', "expected a word or an operator at character 18, found '&'"],
    ['agentVersion in [1]', 'one of the operators of agentVersion (==, !=, >, >=, <, <=) at character 14'],
    ['agentVersion > new', "expected a version such as 1.14.5 at character 16, found 'new'"],
    ['registeredAt > 2018-02-30', 'expected a date such as 2018-06-18'],
    ['registeredAt > yesterday', 'expected a date such as 2018-06-18'],
    ['runningTasksCount == -1', 'expected a number of tasks at character 22'],
    ['agentConnected == yes', "expected true or false at character 19, found 'yes'"],
    ['ec2InstanceId exists', 'one of the operators of ec2InstanceId'],
    ['task:group > a', 'one of the operators of task:group'],
    ['attribute:a =~ ', 'expected a regular expression at character 16'],
  ])('%s: %s', (expression, message) => {
    expect(() => parseQuery(expression)).toThrow(message);
  });

  it('one character too many: refused before it is read', () => {
    expect(() => parseQuery(`attribute:a == ${'x'.repeat(1986)}`)).toThrow('it has 2001 characters, and at most 2000');
  });

  it('a long word: only its beginning is shown', () => {
    expect(() => parseQuery('x'.repeat(200))).toThrow(`found '${'x'.repeat(40)}...'`);
  });
});
