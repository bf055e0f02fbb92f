export { createGuards } from './guards.js';
export { isSigningSecret } from './kinds/webhook-guard.js';
export { guardsSettings } from './settings.js';
export type { Verdict } from './call/bound-guard.js';
export type { Report } from './call/tally.js';
export type { GuardsDeps } from './guards.js';
export type { Side } from './kinds/guard.js';
export type { Moderate } from './kinds/moderation-guard.js';
export type { GuardSettings, GuardsSettings } from './settings.js';
