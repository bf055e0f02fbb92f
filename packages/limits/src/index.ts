export { createLimiter } from './limiter.js';
export { limitRules, limitsSettings } from './settings.js';
export type { LimiterDeps, QueueingLimiter, TurnFigures } from './limiter.js';
export type { LimitsSettings } from './settings.js';
