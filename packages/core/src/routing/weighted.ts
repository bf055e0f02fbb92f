import type { WeightedCandidate } from '../snapshot.js';

/** The targets in an order drawn by their weights, each at most once; weight 0 stands last. */
export function orderByWeight(
  targets: readonly WeightedCandidate[],
  random: () => number,
): readonly WeightedCandidate[] {
  const rest = [...targets];
  const ordered: WeightedCandidate[] = [];
  while (rest.length > 0) ordered.push(...rest.splice(draw(rest, random()), 1));
  return ordered;
}

function draw(targets: readonly WeightedCandidate[], chance: number): number {
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
