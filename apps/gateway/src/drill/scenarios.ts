import type { Scenario } from './scenario.js';
import { CIRCUMSTANCES } from './scenarios/circumstances.js';
import { DOWN } from './scenarios/down.js';
import { LIES } from './scenarios/lies.js';
import { REFUSALS } from './scenarios/refusals.js';

/** Every scenario, in the order in which they are listed. */
export const SCENARIOS: readonly Scenario[] = [...DOWN, ...REFUSALS, ...LIES, ...CIRCUMSTANCES];

/** Those that a name stands for: one, or a group; nothing for a name that is neither. */
export function findScenarios(name: string): readonly Scenario[] | undefined {
  if (name === 'all') return SCENARIOS;
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  return found && [found];
}
