import type { Clock } from '@sluice/contract';
import { Hedges } from './hedges.js';
import { Rests } from './rests.js';
import { RetryBudget } from './retry-budget.js';

/** What requests leave behind for those after them. One for the process: it outlives every configuration. */
export interface AttemptMemory {
  readonly rests: Rests;
  readonly budget: RetryBudget;
  readonly hedges: Hedges;
}

/** An empty memory, for a process that begins. */
export function createAttemptMemory(clock: Clock): AttemptMemory {
  return { rests: new Rests(clock), budget: new RetryBudget(clock), hedges: new Hedges() };
}
