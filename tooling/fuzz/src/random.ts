import { seededRandom } from '@sluice/testkit';

/** A whole number from 0 up to, not including, `below`. */
export type Random = (below: number) => number;

/** The same numbers for the same seed. */
export function createRandom(seed: number): Random {
  const random = seededRandom(seed);
  return (below) => Math.floor(random() * below);
}
