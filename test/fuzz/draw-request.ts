import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { EcsRequest } from '#api/ecs/ecs-request.ts';
import { operationOf } from '#api/ecs/operations.ts';
import type { SignOptions } from '#test/support/ecs-request.ts';
import type { Chance } from './chance.ts';
import { fittingValue } from './fitting-value.ts';
import type { FuzzWorld } from './fuzz-world.ts';
import { mutateText } from './mutate-text.ts';
import { mutatePlace } from './mutate-value.ts';
import { type Json, type JsonObject, validRequests } from './valid-requests.ts';

export interface DrawnRequest {
  readonly operation: string;
  /** How it was made, in a word. */
  readonly how: 'valid' | 'value' | 'shape' | 'text' | 'stranger' | 'request';
  readonly request: EcsRequest;
}

const GOLDEN = path.join(import.meta.dirname, '..', 'unit', 'api', 'ecs', 'golden');
const TARGET = 'AmazonEC2ContainerServiceV20141113.';

type Bodies = Readonly<Record<string, readonly JsonObject[]>>;
interface Recorded {
  readonly operation: string;
  readonly request: JsonObject;
}

/** The requests of the golden conversations, whatever world they were written for. */
export function goldenRequests(): readonly Recorded[] {
  return readdirSync(GOLDEN).flatMap((file) => {
    const { setup = [], exchanges } = JSON.parse(readFileSync(path.join(GOLDEN, file), 'utf8'));
    return [...setup, ...exchanges];
  });
}

/** Draws a request for one operation: rarely as it should be, mostly spoilt in one of many ways. */
export async function drawRequest(
  operation: string,
  world: FuzzWorld,
  golden: readonly Recorded[],
  chance: Chance,
): Promise<DrawnRequest> {
  const valid = validRequests(world.known);
  const own = bodiesOf(operation, valid, golden);
  const drawn = (how: DrawnRequest['how'], request: EcsRequest): DrawnRequest => ({ operation, how, request });
  const sign = (body: string, options?: SignOptions) => world.sign(operation, body, options);
  const asText = (value: Json): string => JSON.stringify(value);
  const shaped = (): Json => fittingValue(operationOf(targetOf(operation)).input, chance);
  const body = (): Json => (own.length > 0 ? chance.one(own) : shaped());
  switch (chance.below(20)) {
    case 0:
    case 1:
      return drawn('valid', await sign(asText(body())));
    case 2:
    case 3:
    case 4:
      return drawn('shape', await sign(asText(shaped())));
    case 5:
    case 6:
      return drawn('text', await sign(mutateText(asText(body()), chance)));
    case 7: {
      const strangers = Object.values(valid).flat();
      return drawn('stranger', await sign(asText({ ...(body() as JsonObject), ...chance.one(strangers) })));
    }
    case 8:
      return drawn('request', await spoiltRequest(asText(body()), sign, chance));
    default: {
      let value = body();
      for (let times = 1 + chance.below(3); times > 0; times -= 1) value = mutatePlace(value, chance);
      return drawn('value', await sign(asText(value)));
    }
  }
}

const targetOf = (operation: string): string => (operation.startsWith('Berth.') ? operation : TARGET + operation);

const bodiesOf = (operation: string, valid: Bodies, golden: readonly Recorded[]): readonly JsonObject[] => [
  ...(valid[operation] ?? []),
  ...golden.filter((it) => it.operation === operation).map(({ request }) => request),
];

type Sign = (body: string, options?: SignOptions) => Promise<EcsRequest>;

/** Sound as JSON; what is wrong is around it: its target, its headers, its signature. */
async function spoiltRequest(body: string, sign: Sign, chance: Chance): Promise<EcsRequest> {
  const signed = await sign(body);
  const headers = (changes: Readonly<Record<string, string>>): EcsRequest => ({
    ...signed,
    headers: { ...signed.headers, ...changes },
  });
  const without = (name: string): EcsRequest => ({
    ...signed,
    headers: Object.fromEntries(Object.entries(signed.headers).filter(([header]) => header !== name)),
  });
  switch (chance.below(10)) {
    case 0:
      return sign(body, {
        target: chance.one(['', 'RunTask', `${TARGET}Fly`, `${TARGET}__proto__`, 'a'.repeat(9000)]),
      });
    case 1:
      return sign(body, {
        headers: { 'content-type': chance.one(['', 'text/plain', 'application/json', 'image/png']) },
      });
    case 2:
      return without(chance.one(Object.keys(signed.headers)));
    case 3:
      return { ...signed, body: `${body} ` };
    case 4:
      return sign(body, { region: chance.one(['', 'eu-west-9', '__proto__']) });
    case 5:
      return sign(body, {
        credentials: { accessKeyId: chance.one(['', 'AKIANOBODY', '__proto__']), secretAccessKey: 'x' },
      });
    case 6:
      return sign(body, { at: chance.one([0, 1e12, 4e12]) });
    case 7:
      return headers({ authorization: chance.one(['', 'Bearer x', 'AWS4-HMAC-SHA256 ', '=,='.repeat(3000)]) });
    case 8:
      return headers({ 'x-amz-date': chance.one(['', 'today', '99999999T999999Z', '\u0000']) });
    default:
      return {
        ...signed,
        ...chance.one([{ method: 'GET' }, { method: 'DELETE' }, { path: '/x' }, { path: '/?a=%' }]),
      };
  }
}
