import { headroom } from './headroom.js';
import { leastBusy } from './least-busy.js';
import { leastLatency } from './least-latency.js';
import { lowestCost } from './lowest-cost.js';
import { priority } from './priority.js';
import { sticky } from './sticky.js';
import type { Strategy } from './strategy.js';
import { weighted } from './weighted.js';

/** Every strategy by the name that the operator's file has for it. */
export const STRATEGIES = {
  priority,
  weighted,
  'least-latency': leastLatency,
  'least-busy': leastBusy,
  'lowest-cost': lowestCost,
  headroom,
  sticky,
} as const satisfies Readonly<Record<string, Strategy>>;

export type StrategyName = keyof typeof STRATEGIES;
