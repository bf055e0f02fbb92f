export { createBackoff } from './backoff.js';
export { createCircuits } from './circuits.js';
export { breakerSettings } from './settings.js';
export type { CircuitsDeps, CircuitView, ControlledCircuits } from './circuits.js';
export type { BreakerSettings } from './settings.js';
