import { canonicalJson } from '@sluice/toolkit';
import { stepsOf } from './budget.js';
import type { Budget } from './budget.js';

/** The same for values that are equal as JSON Schema means it: the order of members is no difference. */
export function valueKey(value: unknown, budget?: Budget): unknown {
  if (typeof value === 'number') return value;
  const key = canonicalJson(value);
  budget?.take(stepsOf(key));
  return key;
}
