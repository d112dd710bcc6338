import { checkService } from '../service/check-service.ts';
import { fillService, hasAddress, serviceSpec } from '../service/fill-service.ts';
import type { KindRules } from './kind-rules.ts';

/** Rules of a Service (core/v1): what it would be reached by is recorded and checked, and nobody routes to it. */
export const serviceRules: KindRules = {
  name: 'label',
  fillDefaults: fillService,
  check: checkService,
  desired: [],
  claims: (service) => {
    const spec = serviceSpec(service);
    const { clusterIP } = spec;
    if (!hasAddress(spec) || typeof clusterIP !== 'string' || clusterIP === 'None') return [];
    return [{ name: clusterIP, field: 'spec.clusterIPs', what: 'IP' }];
  },
};
