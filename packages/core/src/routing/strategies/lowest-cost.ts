import type { AliasTarget } from '../../snapshot.js';
import { priceOf } from '../price-of.js';
import { promptTokens } from '../prompt.js';
import type { RouteContext } from '../question.js';
import { orderByScore } from './order-by-score.js';
import type { Strategy } from './strategy.js';

const PICO_PER_MICRO = 1e6;

/** Lowest price of the catalogue first, what has none last. */
export const lowestCost: Strategy = {
  order: (targets, context) =>
    orderByScore(
      targets,
      (target) => price(target, context) ?? Number.POSITIVE_INFINITY,
      () => context.state.random(),
    ),
  explain({ target }, context) {
    const known = price(target, context);
    const reason =
      known === undefined
        ? 'Its price is not known.'
        : `Its price weighs ${Number((known / PICO_PER_MICRO).toPrecision(4))} (millionths of a USD, for a typical mix).`;
    return { code: 'lowest_cost', reason };
  },
};

function price({ candidate }: AliasTarget, { question }: RouteContext): number | undefined {
  return priceOf(candidate.target.facts, question.operation, () => promptTokens(question));
}
