import { toPrincipal } from '@sluice/auth';
import type { KeyAdmin } from '@sluice/auth';
import { gatewayError } from '@sluice/contract';
import type { Circuits, Principal, SlotsView } from '@sluice/contract';
import { jsonAnswer } from '@sluice/core';
import type { Answer, Explanation, RoutingState, Snapshot } from '@sluice/core';
import { z } from 'zod';
import { jsonContent, noStore } from '../answers.js';
import { principalOf } from '../route.js';
import type { Route, RouteCall } from '../route.js';
import { explainInput, explainRequest, parseExplainInput } from './explain-input.js';

export interface ExplainDeps {
  readonly keys: KeyAdmin;
  /** The configuration of the moment, and what is known under it. */
  readonly current: () => Deciding;
}
interface Deciding {
  readonly snapshot: Snapshot;
  readonly ports: RoutingState & { readonly circuits: Circuits };
}

const candidateView = z
  .strictObject({
    provider: z.string(),
    model: z.string(),
    position: z
      .int()
      .positive()
      .nullable()
      .meta({ description: 'The order in which they are asked; null: not asked.' }),
    code: z.string().meta({ description: 'Why it is kept or rejected, for machines.', example: 'least_latency' }),
    reason: z.string().meta({ description: 'The same in words.' }),
    circuit: z
      .enum(['closed', 'half-open', 'open'])
      .meta({ description: 'Of its breaker, at the moment: who is open would be passed over.' }),
    places: z
      .strictObject({ taken: z.int(), limit: z.int(), waiting: z.int() })
      .nullable()
      .meta({ description: 'Where its calls are bounded, at the moment; null where they are not.' }),
  })
  .meta({ description: 'A target that took part in the decision.' });

type CandidateView = z.output<typeof candidateView>;

/** A decision with its reasons. */
export const explanationView = z
  .strictObject({
    model: z.string().meta({ description: 'The model as the request has it.' }),
    alias: z.string().nullable(),
    candidates: z.array(candidateView).meta({ description: 'Those that are kept in their order, then the others.' }),
    error: z
      .strictObject({ code: z.string(), message: z.string(), param: z.string().nullable() })
      .nullable()
      .meta({ description: 'Why the request would be refused; null where it would not.' }),
  })
  .meta({ description: 'Where a request would go, and why.' });

/** `/admin/v1/explain`. */
export function createExplainRoute(deps: ExplainDeps): Route {
  return {
    method: 'POST',
    path: '/admin/v1/explain',
    access: 'explain:read',
    audit: 'none',
    openapi: {
      operationId: 'explainRequest',
      summary: 'Say where a request would go, and why, without sending it',
      tags: ['routing'],
      requestBody: { required: true, content: jsonContent(explainInput) },
      responses: { 200: { description: 'The decision at this moment.', content: jsonContent(explanationView) } },
    },
    handle: (call) => explain(call, deps),
  };
}

async function explain(call: RouteCall, { keys, current }: ExplainDeps): Promise<Answer> {
  const input = parseExplainInput(await call.json());
  const principal = asWhom(input.key, principalOf(call), keys);
  const { snapshot, ports } = current();
  const explanation = explainRequest(input, principal, { snapshot, state: ports });
  return jsonAnswer(200, toView(explanation, ports), noStore);
}

function asWhom(id: string | undefined, caller: Principal, keys: KeyAdmin): Principal {
  if (id === undefined) return caller;
  const record = keys.find(id, caller);
  if (record) return toPrincipal(record, {});
  throw gatewayError('invalid_value', { message: 'There is no such key.', details: { param: 'key' } });
}

function toView(
  { model, alias, candidates, error }: Explanation,
  { circuits, slots }: Deciding['ports'],
): z.output<typeof explanationView> {
  const placesOf = (view: SlotsView | undefined): CandidateView['places'] =>
    view ? { taken: view.inFlight, limit: view.limit, waiting: view.waiting } : null;
  return {
    model,
    alias: alias ?? null,
    candidates: candidates.map((candidate) => ({
      ...candidate,
      position: candidate.position ?? null,
      circuit: circuits.state(`${candidate.provider}/${candidate.model}`),
      places: placesOf(slots?.view(`${candidate.provider}/${candidate.model}`)),
    })),
    error: error ? { ...error, param: error.param ?? null } : null,
  };
}
