import {
  UpdateContainerAgent$,
  type UpdateContainerAgentRequest,
  type UpdateContainerAgentResponse,
} from '@aws-sdk/client-ecs';
import { Fault } from '#core/fault.ts';
import { operation } from '../operation.ts';

/** An agent is a program of the machine's operator, so nothing but the machine can replace it. */
export const updateContainerAgentOperation = operation<UpdateContainerAgentRequest, UpdateContainerAgentResponse>(
  UpdateContainerAgent$,
  async () => {
    throw new Fault(
      'Unsupported',
      'Berth does not update agents: install the new version on the machine and start the agent again; its tasks keep running.',
    );
  },
);
