import type { Scenario } from './scenario.js';
import { BENCHMARK } from './scenarios/benchmark.js';
import { CIRCUMSTANCES } from './scenarios/circumstances.js';
import { DOWN } from './scenarios/down.js';
import { LIES } from './scenarios/lies.js';
import { REFUSALS } from './scenarios/refusals.js';

/** Those of the fault matrix. */
const ALL: readonly Scenario[] = [...DOWN, ...REFUSALS, ...LIES, ...CIRCUMSTANCES];

/** Every scenario, in the order in which they are listed. */
export const SCENARIOS: readonly Scenario[] = [...ALL, ...BENCHMARK];

/** Names that stand for many. */
const GROUPS: Readonly<Record<string, readonly Scenario[]>> = { all: ALL, benchmark: BENCHMARK };

/** Those that a name stands for: one, or a group; nothing for a name that is neither. */
export function findScenarios(name: string): readonly Scenario[] | undefined {
  if (Object.hasOwn(GROUPS, name)) return GROUPS[name];
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  return found && [found];
}
