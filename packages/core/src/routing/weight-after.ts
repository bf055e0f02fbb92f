/** In this time a measurement loses about two thirds of its weight. */
const FADING_MS = 2_000;
/** The least that one measurement counts, however close it follows the last: about as much as one of twenty. */
const MIN_WEIGHT = 0.05;

/**
 * The weight of a new measurement against the mean of those before it, by the time since the last: a busy target's mean
 * is smooth, and after a silence the new one is nearly all that counts.
 */
export function weightAfter(sinceLastMs: number): number {
  return Math.max(MIN_WEIGHT, 1 - Math.exp(-sinceLastMs / FADING_MS));
}
