export { Gate } from './gate.js';
export { concurrencyProblems, concurrencyShape, toGateRules } from './settings.js';
export type { Entrant } from './entrant.js';
export type { GateCounts } from './gate.js';
export type { ConcurrencySettings, GateRules } from './settings.js';
export type { TargetLimits } from './target-limits.js';
