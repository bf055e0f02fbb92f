import type { Clock } from '@sluice/contract';
import { Rests } from './rests.js';
import { RetryBudget } from './retry-budget.js';

/** What requests leave behind for those after them. One for the process: it outlives every configuration. */
export interface AttemptMemory {
  readonly rests: Rests;
  readonly budget: RetryBudget;
}

export function createAttemptMemory(clock: Clock): AttemptMemory {
  return { rests: new Rests(clock), budget: new RetryBudget(clock) };
}
