import type { AuthenticateOperator } from '#api/agent/serve-agent.ts';
import { authenticate } from '#api/ecs/auth/authenticate.ts';
import { WireError } from '#api/ecs/wire-error.ts';
import { Fault } from '#core/fault.ts';
import type { FunctionDependencies } from './function-dependencies.ts';

/** Operators sign for the agent wire with the keys they use for the ECS API, and as its service. */
export const operatorAuthentication =
  (deps: FunctionDependencies): AuthenticateOperator =>
  async (request) => {
    try {
      await authenticate(deps, deps.accessKeys, request);
    } catch (cause) {
      if (!(cause instanceof WireError)) throw cause;
      throw new Fault('Unauthenticated', cause.message, { reason: cause.type }, { cause });
    }
  };
