import type { Alias, Snapshot } from '../snapshot.js';
import { routeOfAlias } from './alias-route.js';
import { keepAble } from './fit.js';
import { joined } from './plan.js';
import type { Plan } from './plan.js';
import type { RouteContext, RouteQuestion, RoutingState } from './question.js';
import { assertAllowed, resolve } from './resolve.js';
import type { AskedName } from './resolve.js';
import { keepRoomy } from './window.js';

/**
 * Turns a model name into the places that may answer, in the order in which they are asked: an alias's targets by its
 * strategy and then its fallbacks, or the one place that any other name leads to; after them those of the caller's own
 * list. Pure: equal configuration, state and question give the same plan. Throws `model_not_found`, `model_not_allowed`,
 * or `invalid_value` when no target can do what the request asks.
 */
export function decide(snapshot: Snapshot, state: RoutingState, question: RouteQuestion): Plan {
  return decideIn({ snapshot, state, question });
}

/** As {@link decide}, with reasons where the context takes them. */
export function decideIn(context: RouteContext): Plan {
  const { parsed, wishes } = context.question;
  const route = routeTo({ name: parsed.model, param: 'model' }, context);
  const named = wishes?.models ? withListed(route, wishes.models, context) : route;
  const able = keepAble(named.candidates, context);
  const candidates = keepRoomy(able, context);
  if (candidates.length < able.length) return { ...named, candidates, passedOver: 'context_length' };
  // Most plans are the route itself, which is the same for each request.
  return candidates === named.candidates ? named : { ...named, candidates };
}

function routeTo(asked: AskedName, context: RouteContext): Plan {
  const { snapshot, question, notes } = context;
  const alias: Alias | undefined = snapshot.aliases.get(asked.name);
  if (alias) {
    assertAllowed(question.principal, asked);
    return routeOfAlias(alias, context);
  }
  const candidate = resolve(snapshot, question, asked);
  const listed = asked.param !== 'model';
  notes?.keep(candidate, listed ? 'requested_fallback' : 'requested', `The request names it in ${asked.param}.`);
  return { candidates: [candidate], policy: snapshot.defaultPolicy };
}

/** The caller's own fallbacks come after those of the alias, each as if it had been asked for. */
function withListed(route: Plan, models: readonly string[], context: RouteContext): Plan {
  const more = models.map((name, index) => routeTo({ name, param: `models[${index}]` }, context));
  return { ...route, candidates: joined([route, ...more].map(({ candidates }) => candidates)) };
}
