import { Registry, collectDefaultMetrics } from 'prom-client';

let registry: Registry | undefined;

/**
 * The figures of Node and the process. They belong to the process, and their collectors cannot be stopped: however
 * many gateways it holds, and however often they are rebuilt, there is one set, made at first use.
 */
export function processMetrics(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
