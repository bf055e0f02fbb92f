/** How something fares, as far as calls have shown. */
export type HealthState = 'up' | 'degraded' | 'down' | 'unknown';

/**
 * The state of a whole by those of its parts: down where all are down, degraded where any is down or degraded, up where
 * what is known is up, and unknown where nothing is known. A part that nobody used is no sign of trouble, but one that
 * may well work keeps the whole from being called down.
 */
export function combineStates(parts: Iterable<HealthState>): HealthState {
  const seen = new Set(parts);
  if (seen.has('down')) return seen.size === 1 ? 'down' : 'degraded';
  if (seen.has('degraded')) return 'degraded';
  return seen.has('up') ? 'up' : 'unknown';
}
