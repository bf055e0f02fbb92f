import type { AliasTarget } from '../../snapshot.js';
import type { RouteContext } from '../question.js';
import { isFull, roomOf } from '../room.js';
import { orderByScore } from './order-by-score.js';
import type { Strategy } from './strategy.js';

/**
 * Fewest requests in flight first, by weight: a target of weight 2 is as busy with four as one of weight 1 with two. Those
 * without a free place come after all that have one, whoever has the shortest line first.
 */
export const leastBusy: Strategy = {
  order: (targets, context) =>
    orderByScore(
      targets,
      (target) => score(target, context),
      () => context.state.random(),
    ),
  explain({ target }, context) {
    const { candidate, weight } = target;
    const view = roomOf(candidate, context);
    const places = view ? `; places taken: ${view.inFlight} of ${view.limit}, waiting: ${view.waiting}` : '';
    return {
      code: 'least_busy',
      reason: `Calls in flight: ${inFlight(target, context)}${places}; weight ${weight}.`,
    };
  },
};

/** More than any number of calls, and what is added to it still counts. */
const FULL = 2 ** 40;

function score(target: AliasTarget, context: RouteContext): number {
  const view = roomOf(target.candidate, context);
  if (view && isFull(view)) return FULL + (view.waiting + 1) / target.weight;
  return (inFlight(target, context) + 1) / target.weight;
}

function inFlight({ candidate }: AliasTarget, { state }: RouteContext): number {
  return state.stats.find(candidate.circuit)?.inFlight ?? 0;
}
