import type { Scenario } from '../scenario.js';
import { scenario, script, always } from './rule.js';

const HOUR_MS = 3_600_000;

/** What is nobody's fault, or the caller's own doing. */
export const CIRCUMSTANCES: readonly Scenario[] = [
  scenario({
    name: 'clock-steps-back',
    rows: ['F45'],
    summary: 'answers 503 to its first five requests, while the clock is set back an hour',
    faults: script({ times: 5, fault: { kind: 'status', status: 503 } }),
    wallStepMs: -HOUR_MS,
  }),
  scenario({
    name: 'clock-leaps',
    rows: ['F45'],
    summary: 'answers 503 to its first five requests, while the clock leaps 400 days',
    faults: script({ times: 5, fault: { kind: 'status', status: 503 } }),
    wallStepMs: 400 * 24 * HOUR_MS,
  }),
  scenario({
    name: 'callers-leave',
    rows: ['F62'],
    summary: 'is well; the callers of streams leave after the first words',
    asks: { times: 3, kinds: ['stream'], everyMs: 1_000, leaves: true },
  }),
  scenario({
    name: 'slow-crowd',
    rows: ['F64'],
    summary: 'takes 4 s to begin, while 40 requests come at once',
    faults: always({ kind: 'slow-headers', ms: 3_600 }),
    asks: { times: 20, kinds: ['stream', 'plain'], everyMs: 1_000, atOnce: 40 },
  }),
];
