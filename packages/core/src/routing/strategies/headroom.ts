import type { AliasTarget } from '../../snapshot.js';
import type { RouteContext } from '../question.js';
import { shareLeft } from '../rate-limits.js';
import type { Strategy } from './strategy.js';
import { orderByWeight } from './weighted.js';

/** Of a target that tells nothing of its limits. */
const UNKNOWN_SHARE = 0.5;

/**
 * By chance, in proportion to what the providers say is left of their limits, and to the weights. Drawn and not sorted:
 * headers tell of the past, and whoever has most would be sent everything until the next answer.
 */
export const headroom: Strategy = {
  order: (targets, context) =>
    orderByWeight(targets, (target) => target.weight * (left(target, context) ?? UNKNOWN_SHARE), context.state),
  explain({ target }, context) {
    const share = left(target, context);
    const told =
      share === undefined ? 'Tells nothing of its limits' : `Left of its limits: ${Math.round(share * 100)} %`;
    return { code: 'headroom', reason: `${told}; weight ${target.weight}.` };
  },
};

function left({ candidate }: AliasTarget, { state }: RouteContext): number | undefined {
  const told = state.stats.find(candidate.circuit)?.limits(state.clock.monotonic());
  return told && shareLeft(told.headers, told.ageMs);
}
