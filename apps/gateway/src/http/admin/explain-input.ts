import { gatewayError } from '@sluice/contract';
import type { Principal } from '@sluice/contract';
import type { Explanation, RoutingState, Snapshot } from '@sluice/core';
import { z } from 'zod';
import { EXPLAINERS } from '../inference.js';
import { createPipelineFinder } from '../find-pipeline.js';
import { parseInput } from '../parse-input.js';

const DEFAULT_ROUTE = '/v1/chat/completions';

/** A request to explain. */
export const explainInput = z
  .strictObject({
    route: z
      .string()
      .max(2_048)
      .default(DEFAULT_ROUTE)
      .meta({ description: 'The path of the endpoint that would be called.', example: '/v1/messages' }),
    headers: z.record(z.string(), z.string()).default({}).meta({ description: 'Headers of the request.' }),
    body: z.looseObject({}).meta({ description: 'The body of the request.', example: { model: 'fast', messages: [] } }),
    key: z.string().max(100).optional().meta({ description: 'The id of the key that would call; all models without.' }),
  })
  .meta({ description: 'A request that is not sent.' });

export type ExplainInput = z.output<typeof explainInput>;

/** Checks it as {@link parseInput} does. */
export function parseExplainInput(value: unknown): ExplainInput {
  return parseInput(explainInput, value);
}

const find = createPipelineFinder(EXPLAINERS);

/** Where a request would go and why. Throws `invalid_value` for a route that models do not answer. */
export function explainRequest(
  { route, headers, body }: ExplainInput,
  principal: Principal,
  { snapshot, state }: { readonly snapshot: Snapshot; readonly state: RoutingState },
): Explanation {
  const found = find(route);
  if (!found) {
    throw gatewayError('invalid_value', { message: 'Models answer no such route.', details: { param: 'route' } });
  }
  const lower = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  const { pipeline: explain, params } = found;
  return explain({ body, headers: lower, principal, ...(params ? { params } : {}) }, snapshot, state);
}
