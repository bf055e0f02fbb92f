import { faultRule } from '@sluice/simulator';
import type { FaultRule } from '@sluice/simulator';
import type { Scenario, WrittenRule } from '../scenario.js';
import { USUAL } from '../scenario.js';

/** A fault script as it is written. */
export function script(...rules: readonly WrittenRule[]): readonly FaultRule[] {
  return rules.map((rule) => faultRule.parse(rule));
}

/** A scenario in which every request meets one fault, or more in the order in which they wrap the answer. */
export function always(...faults: readonly WrittenRule['fault'][]): readonly FaultRule[] {
  return script(...faults.map((fault) => ({ fault })));
}

type Usual = 'at' | 'asks';
type Told = Omit<Scenario, Usual> & Partial<Pick<Scenario, Usual>>;

/** A scenario at the provider of an alias's first target, asked as usual, where it says nothing else. */
export function scenario(told: Told): Scenario {
  return { at: 'first', asks: USUAL, ...told };
}
