import type { GateRules } from './settings.js';

/** Who wants to go where, and under which rules: two configurations may be in force while one takes over. */
export interface Entrant {
  readonly target: string;
  readonly caller: string;
  readonly rules: GateRules;
}
