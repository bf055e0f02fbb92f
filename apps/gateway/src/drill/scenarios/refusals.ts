import type { Scenario } from '../scenario.js';
import { always, scenario, script } from './rule.js';

/** Providers that answer, and say no. */
export const REFUSALS: readonly Scenario[] = [
  scenario({
    name: 'rate-limited',
    rows: ['F11'],
    summary: 'answers 429 with Retry-After: 2',
    faults: always({ kind: 'status', status: 429, retryAfter: { form: 'seconds', ms: 2_000 } }),
  }),
  scenario({
    name: 'rate-limited-for-a-day',
    rows: ['F12'],
    summary: 'answers 429 with Retry-After: 86400',
    faults: always({ kind: 'status', status: 429, retryAfter: { form: 'seconds', ms: 86_400_000 } }),
  }),
  scenario({
    name: 'all-rate-limited',
    rows: ['F11'],
    summary: 'answer 429 with Retry-After: 2',
    at: 'all',
    faults: always({ kind: 'status', status: 429, retryAfter: { form: 'seconds', ms: 2_000 } }),
  }),
  scenario({
    name: 'key-refused',
    rows: ['F13'],
    summary: 'answers 401: the key was revoked',
    faults: always({ kind: 'status', status: 401, message: 'Incorrect API key provided: sk-drill.' }),
  }),
  scenario({
    name: 'error-storm',
    rows: ['F14'],
    summary: 'answer 503 to every second request',
    at: 'all',
    faults: script({ every: 2, fault: { kind: 'status', status: 503 } }),
    asks: { times: 10, kinds: ['stream', 'plain'], everyMs: 1_000 },
  }),
  scenario({
    name: 'all-overloaded',
    rows: ['F14'],
    summary: 'answer 503',
    at: 'all',
    faults: always({ kind: 'status', status: 503 }),
  }),
  scenario({
    name: 'request-refused',
    rows: ['F15'],
    summary: 'answers 400: it does not take the request',
    faults: always({ kind: 'status', status: 400, message: 'Invalid request.' }),
  }),
];
