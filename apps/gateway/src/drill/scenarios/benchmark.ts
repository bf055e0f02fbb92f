import type { AskPlan, BenchmarkId, Scenario } from '../scenario.js';
import { always, scenario, script } from './rule.js';

const ONE_STREAM: AskPlan = { times: 1, kinds: ['stream'], everyMs: 1_000 };

type Told = Pick<Scenario, 'name' | 'summary' | 'faults'> & Partial<Scenario>;

function rebuilt(benchmark: BenchmarkId, told: Told): Scenario {
  return scenario({ rows: [], asks: ONE_STREAM, benchmark, ...told });
}

const overloaded = { kind: 'status', status: 503 } as const;
const OUTAGE_MS = 60_000;

/**
 * The sixteen scenarios of failoverbench, methodology 0.1, rebuilt from their published descriptions: its words of an
 * answer are our tokens, sixty of each. https://github.com/failoverbench/failoverbench#the-scenarios
 */
export const BENCHMARK: readonly Scenario[] = [
  rebuilt('S01', {
    name: 'benchmark-limited-once',
    summary: 'answers 429 with Retry-After: 2, once',
    faults: script({
      times: 1,
      fault: { kind: 'status', status: 429, retryAfter: { form: 'seconds', ms: 2_000 } },
    }),
  }),
  rebuilt('S02', {
    name: 'benchmark-limited',
    summary: 'answers 429 each time, and does not say for how long',
    faults: always({ kind: 'status', status: 429, retryAfter: { form: 'none', ms: 0 } }),
  }),
  rebuilt('S03', {
    name: 'benchmark-fails-once',
    summary: 'answers 500, once',
    faults: script({ times: 1, fault: { kind: 'status', status: 500 } }),
  }),
  rebuilt('S04', { name: 'benchmark-overloaded', summary: 'answers 503 each time', faults: always(overloaded) }),
  rebuilt('S05', {
    name: 'benchmark-resets-once',
    summary: 'resets the connection before it answers, once',
    faults: script({ times: 1, fault: { kind: 'drop' } }),
  }),
  rebuilt('S06', {
    name: 'benchmark-silent',
    summary: 'takes the request and never answers',
    faults: always({ kind: 'hang' }),
  }),
  rebuilt('S07', {
    name: 'benchmark-slow-to-begin',
    summary: 'says its first token after 20 s',
    faults: always({ kind: 'stall', afterTokens: 0, ms: 20_000 }),
  }),
  rebuilt('S08', {
    name: 'benchmark-cut',
    summary: 'breaks off after 40 of 60 tokens',
    faults: always({ kind: 'cut', afterTokens: 40, by: 'fin' }),
  }),
  rebuilt('S09', {
    name: 'benchmark-stalls',
    summary: 'falls silent for 30 s after 20 tokens, then closes',
    faults: always({ kind: 'stall', afterTokens: 20, ms: 30_000 }, { kind: 'cut', afterTokens: 20, by: 'fin' }),
  }),
  rebuilt('S10', {
    name: 'benchmark-malformed-event',
    summary: 'sends one event that is no JSON, and all the others as they should be',
    faults: always({ kind: 'malformed-json', afterTokens: 9 }),
  }),
  rebuilt('S11', {
    name: 'benchmark-no-last-event',
    summary: 'sends everything but the event that says the stream is over',
    faults: always({ kind: 'terminal', as: 'missing' }),
  }),
  rebuilt('S12', {
    name: 'benchmark-too-long',
    summary: 'answers 400: the request is longer than its context',
    faults: always({ kind: 'status', status: 400, about: 'context-length' }),
  }),
  rebuilt('S13', {
    name: 'benchmark-content-refused',
    summary: 'answers 400: its content filter refuses the request',
    faults: always({ kind: 'status', status: 400, about: 'content-policy' }),
  }),
  rebuilt('S14', {
    name: 'benchmark-cut-without-continuation',
    summary: 'breaks off after 40 of 60 tokens, and no other target goes on with a begun answer',
    faults: always({ kind: 'cut', afterTokens: 40, by: 'fin' }),
    elsewhere: always({ kind: 'refuse-prefill' }),
  }),
  rebuilt('S15', {
    name: 'benchmark-down-for-a-minute',
    summary: 'answers 503 for a minute, then is well; 20 requests come, one each 4 s',
    faults: script({ forMs: OUTAGE_MS, fault: overloaded }),
    asks: { times: 20, kinds: ['stream'], everyMs: 4_000 },
  }),
  rebuilt('S16', {
    name: 'benchmark-accounts',
    summary: 'answers 503 each time: whose model and usage do callers see?',
    faults: always(overloaded),
  }),
];
