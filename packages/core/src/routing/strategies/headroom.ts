import type { AliasTarget } from '../../snapshot.js';
import type { RouteContext } from '../question.js';
import { shareLeft } from '../rate-limits.js';
import { freeShare, roomOf } from '../room.js';
import type { Strategy } from './strategy.js';
import { orderByWeight } from './weighted.js';

/** Of a target that tells nothing of its limits. */
const UNKNOWN_SHARE = 0.5;

/**
 * By chance, in proportion to what is left of a target's limits, by what its provider says and by the places that it has
 * here, whichever is less, and to the weights. Drawn and not sorted: headers tell of the past, and whoever has most would be
 * sent everything until the next answer.
 */
export const headroom: Strategy = {
  order: (targets, context) =>
    orderByWeight(targets, (target) => target.weight * (left(target, context) ?? UNKNOWN_SHARE), context.state),
  explain({ target }, context) {
    const share = left(target, context);
    const view = roomOf(target.candidate, context);
    const told =
      share === undefined ? 'Tells nothing of its limits' : `Left of its limits: ${Math.round(share * 100)} %`;
    const places = view ? `; places taken: ${view.inFlight} of ${view.limit}, waiting: ${view.waiting}` : '';
    return { code: 'headroom', reason: `${told}${places}; weight ${target.weight}.` };
  },
};

function left({ candidate }: AliasTarget, context: RouteContext): number | undefined {
  const { state } = context;
  const told = state.stats.find(candidate.circuit)?.limits(state.clock.monotonic());
  const view = roomOf(candidate, context);
  const share = told && shareLeft(told.headers, told.ageMs);
  return view ? Math.min(share ?? 1, freeShare(view)) : share;
}
