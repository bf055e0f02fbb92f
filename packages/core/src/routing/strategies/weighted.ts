import type { AliasTarget } from '../../snapshot.js';
import type { Strategy } from './strategy.js';

/** By chance, in proportion to the weights. */
export const weighted: Strategy = {
  order: (targets, { state }) => orderByWeight(targets, ({ weight }) => weight, state),
  explain: ({ target: { weight } }) => ({ code: 'weighted', reason: `Drawn with weight ${weight}.` }),
};

/** The targets in an order drawn by their weights, each at most once; weight 0 stands last. */
export function orderByWeight(
  targets: readonly AliasTarget[],
  weightOf: (target: AliasTarget) => number,
  { random }: { random(): number },
): readonly AliasTarget[] {
  const rest = targets.map((target) => ({ target, weight: weightOf(target) }));
  const ordered: AliasTarget[] = [];
  while (rest.length > 0) for (const { target } of rest.splice(draw(rest, random()), 1)) ordered.push(target);
  return ordered;
}

function draw(targets: readonly { readonly weight: number }[], chance: number): number {
  const total = targets.reduce((sum, { weight }) => sum + weight, 0);
  let left = chance * total;
  for (const [index, { weight }] of targets.entries()) {
    left -= weight;
    if (left < 0) return index;
  }
  // None has a weight; or rounding left nothing to the last one that has.
  return Math.max(
    0,
    targets.findLastIndex(({ weight }) => weight > 0),
  );
}
