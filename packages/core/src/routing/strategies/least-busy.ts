import type { AliasTarget } from '../../snapshot.js';
import type { RouteContext } from '../question.js';
import { orderByScore } from './order-by-score.js';
import type { Strategy } from './strategy.js';

/** Fewest requests in flight first, by weight: a target of weight 2 is as busy with four as one of weight 1 with two. */
export const leastBusy: Strategy = {
  order: (targets, context) =>
    orderByScore(
      targets,
      (target) => (inFlight(target, context) + 1) / target.weight,
      () => context.state.random(),
    ),
  explain: ({ target }, context) => ({
    code: 'least_busy',
    reason: `Calls in flight: ${inFlight(target, context)}; weight ${target.weight}.`,
  }),
};

function inFlight({ candidate }: AliasTarget, { state }: RouteContext): number {
  return state.stats.find(candidate.circuit)?.inFlight ?? 0;
}
