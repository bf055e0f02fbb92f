import type { AliasTarget } from '../../snapshot.js';

/** The targets by ascending score. Equals stand in a drawn order, so that they share the requests; weight 0 stands last. */
export function orderByScore(
  targets: readonly AliasTarget[],
  score: (target: AliasTarget) => number,
  random: () => number,
): readonly AliasTarget[] {
  return targets
    .map((target) => ({ target, last: target.weight === 0, score: score(target), lot: random() }))
    .sort((a, b) => Number(a.last) - Number(b.last) || compare(a.score, b.score) || a.lot - b.lot)
    .map(({ target }) => target);
}

/** Two endless scores are equal. */
function compare(a: number, b: number): number {
  return a === b ? 0 : a - b;
}
