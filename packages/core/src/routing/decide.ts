import type { Alias, AliasTarget, Snapshot } from '../snapshot.js';
import { isAble, keep, keepAble } from './fit.js';
import type { Candidate, Plan } from './plan.js';
import type { RouteContext, RouteQuestion, RoutingState } from './question.js';
import { assertAllowed, resolve } from './resolve.js';
import { STRATEGIES } from './strategies/strategies.js';

/**
 * Turns a model name into the places that may answer, in the order in which they are asked: an alias's targets by its
 * strategy and then its fallbacks, or the one place that any other name leads to. Pure: equal configuration, state and
 * question give the same plan. Throws `model_not_found`, `model_not_allowed`, or `invalid_value` when no target can do
 * what the request asks.
 */
export function decide(snapshot: Snapshot, state: RoutingState, question: RouteQuestion): Plan {
  return decideIn({ snapshot, state, question });
}

/** As {@link decide}, with reasons where the context takes them. */
export function decideIn(context: RouteContext): Plan {
  const { snapshot, question } = context;
  const asked = { name: question.parsed.model, param: 'model' };
  const alias = snapshot.aliases.get(asked.name);
  if (alias) {
    assertAllowed(question.principal, asked);
    return { alias: alias.name, candidates: keepAble(candidatesOf(alias, context), context), policy: alias.policy };
  }
  const candidate = resolve(snapshot, question, asked);
  context.notes?.keep(candidate, 'requested', 'The request names it.');
  return { candidates: keepAble([candidate], context), policy: snapshot.defaultPolicy };
}

function candidatesOf(alias: Alias, context: RouteContext): readonly Candidate[] {
  const { question, notes } = context;
  if (alias.strategy === 'priority' && !notes) return fixedOrder(alias);
  // Only what can answer takes part: an order is drawn, and explored, among those.
  const able = keep(alias.targets, ({ candidate }) => isAble(candidate, question, notes));
  const strategy = STRATEGIES[alias.strategy];
  const ordered = strategy.order(able, context);
  if (notes) {
    for (const [position, target] of ordered.entries()) {
      const { code, reason } = strategy.explain({ target, position }, context);
      notes.keep(target.candidate, code, reason);
    }
    for (const fallback of alias.fallbacks) notes.keep(fallback, 'fallback', 'A fallback of the alias.');
  }
  return withFallbacks(alias, ordered);
}

const fixedOrders = new WeakMap<Alias, readonly Candidate[]>();

/** The order of an alias whose strategy asks for nothing is the same for every request. */
function fixedOrder(alias: Alias): readonly Candidate[] {
  let order = fixedOrders.get(alias);
  if (!order) fixedOrders.set(alias, (order = withFallbacks(alias, alias.targets)));
  return order;
}

function withFallbacks({ fallbacks }: Alias, targets: readonly AliasTarget[]): readonly Candidate[] {
  const first = targets.map(({ candidate }) => candidate);
  // A target that has failed is not asked again because a fallback names it too.
  return [...first, ...fallbacks.filter(({ circuit }) => first.every((candidate) => candidate.circuit !== circuit))];
}
