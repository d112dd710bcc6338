import * as ecs from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { operationOf } from '#api/ecs/operations.ts';
import { Fault } from '#core/fault.ts';

const NAMES = Object.keys(ecs)
  .filter((name) => /^[A-Z]\w*Command$/.test(name))
  .map((name) => name.slice(0, -'Command'.length));

/** The fault an operation is refused with; undefined when it is served. */
function refusal(name: string): Fault | undefined {
  try {
    operationOf(`AmazonEC2ContainerServiceV20141113.${name}`);
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

const REFUSED = NAMES.filter((name) => refusal(name) !== undefined);
const OF_THE_AGENT = NAMES.filter((name) => /^(DiscoverPollEndpoint|RegisterContainerInstance|Submit.*)$/.test(name));

describe('every operation of the model', () => {
  test('operation of ECS, is served or refused as an unsupported feature, by its name', () => {
    expect(NAMES.length).toBeGreaterThanOrEqual(88);
    for (const name of REFUSED) expect(refusal(name)).toMatchObject({ code: 'Unsupported' });
    for (const name of REFUSED) expect(refusal(name)?.message).toContain(name);
  });

  test('refused ones, are gateways, daemons, express services and the agent wire, and nothing that people deploy with', () => {
    const isKnown = (name: string) => /Gateway|Daemon/.test(name) || OF_THE_AGENT.includes(name);
    const others = REFUSED.filter((name) => !isKnown(name));
    expect(others).toEqual(['UpdateContainerAgent']);
  });

  test('operation of the ECS agent, is refused with the way machines join instead', () => {
    expect(OF_THE_AGENT).toHaveLength(5);
    for (const name of OF_THE_AGENT) {
      expect(refusal(name)?.message).toContain("Machines join with 'berth agent'");
      expect(refusal(name)?.message).toContain('neither leases nor epochs');
    }
  });
});
