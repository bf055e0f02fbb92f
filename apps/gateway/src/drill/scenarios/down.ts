import type { Scenario } from '../scenario.js';
import { always, scenario, script } from './rule.js';

const PLAIN_AND_STREAMS = ['stream', 'plain'] as const;

/** Providers that cannot be reached, or answer nothing. */
export const DOWN: readonly Scenario[] = [
  scenario({
    name: 'refuses-connections',
    rows: ['F1'],
    summary: 'refuses every connection',
    outage: { how: 'refused' },
  }),
  scenario({
    name: 'dies',
    rows: ['F2'],
    summary: 'breaks off the first answer after 10 tokens, and refuses every connection after that',
    faults: script({ times: 1, fault: { kind: 'cut', afterTokens: 10 } }, { after: 1, fault: { kind: 'drop' } }),
  }),
  scenario({
    name: 'all-refuse-connections',
    rows: ['F3'],
    summary: 'refuse every connection',
    at: 'all',
    outage: { how: 'refused' },
  }),
  scenario({
    name: 'comes-back',
    rows: ['F4'],
    summary: 'refuses connections for 20 s, then is well',
    outage: { how: 'refused', forMs: 20_000 },
    asks: { times: 15, kinds: PLAIN_AND_STREAMS, everyMs: 2_000 },
  }),
  scenario({
    name: 'flaps',
    rows: ['F5'],
    summary: 'refuses connections for 300 ms, is well for 300 ms, and so on',
    outage: { how: 'refused', flapMs: 300 },
    asks: { times: 15, kinds: PLAIN_AND_STREAMS, everyMs: 2_050 },
  }),
  scenario({
    name: 'black-hole',
    rows: ['F6'],
    summary: 'drops what is sent to it: no connection ever stands',
    outage: { how: 'black-hole' },
  }),
  scenario({
    name: 'no-address',
    rows: ['F17'],
    summary: 'has a name that leads nowhere',
    outage: { how: 'no-address' },
  }),
  scenario({
    name: 'hung-before-headers',
    rows: ['F7'],
    summary: 'takes requests and never answers',
    faults: always({ kind: 'hang' }),
  }),
  scenario({
    name: 'hung-after-headers',
    rows: ['F8'],
    summary: 'sends its headers, then nothing',
    faults: always({ kind: 'stall' }),
  }),
  scenario({
    name: 'signs-of-life-only',
    rows: ['F8', 'F10'],
    summary: 'sends a comment each ten seconds, and never a word',
    faults: always({ kind: 'keep-alive', everyMs: 10_000 }),
  }),
  scenario({
    name: 'stalled-stream',
    rows: ['F9'],
    summary: 'falls silent after 20 tokens',
    faults: always({ kind: 'stall', afterTokens: 20 }),
  }),
  scenario({
    name: 'slow-but-alive',
    rows: ['F10'],
    summary: 'says a token each 1.5 s',
    faults: always({ kind: 'pace', ms: 1_480 }),
    asks: { times: 1, kinds: PLAIN_AND_STREAMS, everyMs: 1_000 },
  }),
  scenario({
    name: 'brown-out',
    rows: ['F16'],
    summary: 'takes ten times as long to begin: 4 s',
    faults: always({ kind: 'slow-headers', ms: 3_600 }),
    asks: { times: 10, kinds: PLAIN_AND_STREAMS, everyMs: 1_000 },
  }),
  scenario({
    name: 'returns-to-a-crowd',
    rows: ['F18'],
    summary: 'refuses connections for 10 s, while 20 requests come at a time',
    outage: { how: 'refused', forMs: 10_000 },
    asks: { times: 60, kinds: PLAIN_AND_STREAMS, everyMs: 4_000, atOnce: 20 },
  }),
  scenario({
    name: 'hangs-on-return',
    rows: ['F19'],
    summary: 'refuses 10 requests, then takes them and never answers',
    faults: script({ times: 10, fault: { kind: 'drop' } }, { after: 10, fault: { kind: 'hang' } }),
    asks: { times: 10, kinds: PLAIN_AND_STREAMS, everyMs: 1_000 },
  }),
];
