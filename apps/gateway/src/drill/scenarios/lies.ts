import type { Scenario } from '../scenario.js';
import { always, scenario, script } from './rule.js';

const bytes = (...lines: readonly string[]) => always({ kind: 'bytes', bytes: lines.join('\r\n') });

/** Providers whose answers cannot be trusted. */
export const LIES: readonly Scenario[] = [
  scenario({
    name: 'cut-short',
    rows: ['F20', 'F21'],
    summary: 'closes the connection in the middle of its answer',
    faults: always({ kind: 'cut', by: 'fin', afterTokens: 30 }),
  }),
  scenario({
    name: 'cut-without-length',
    rows: ['F22'],
    summary: 'answers by HTTP/1.0, half of a document, as if it were all',
    faults: bytes('HTTP/1.0 200 OK', 'content-type: application/json', '', '{"id":"1","choices":[{"message":{"con'),
  }),
  scenario({
    name: 'broken-http',
    rows: ['F24'],
    summary: 'breaks the rules of HTTP: two lengths that differ',
    faults: bytes('HTTP/1.1 200 OK', 'content-length: 2', 'content-length: 9', '', '{}'),
  }),
  scenario({
    name: 'drops-requests',
    rows: ['F25'],
    summary: 'resets the connection of every second request before it answers',
    faults: script({ every: 2, fault: { kind: 'drop' } }),
  }),
  scenario({
    name: 'reset-mid-answer',
    rows: ['F26'],
    summary: 'resets the connection after 30 tokens',
    faults: always({ kind: 'cut', afterTokens: 30 }),
  }),
  scenario({
    name: 'error-under-200',
    rows: ['F27'],
    summary: 'reports an error under status 200',
    faults: always({ kind: 'error-in-answer' }),
  }),
  scenario({
    name: 'page-under-200',
    rows: ['F27'],
    summary: 'answers a page of HTML under status 200',
    faults: bytes(
      'HTTP/1.1 200 OK',
      'content-type: text/html',
      'content-length: 13',
      '',
      '<h1>Hello</h1>'.slice(0, 13),
    ),
  }),
  scenario({
    name: 'nothing-under-200',
    rows: ['F27'],
    summary: 'answers nothing under status 200',
    faults: bytes('HTTP/1.1 200 OK', 'content-type: application/json', 'content-length: 0', '', ''),
  }),
  scenario({
    name: 'ends-without-finish',
    rows: ['F28'],
    summary: 'ends its streams in good order, but in the middle',
    faults: always({ kind: 'quiet-end', afterTokens: 30 }),
    asks: { times: 3, kinds: ['stream'], everyMs: 1_000 },
  }),
  scenario({
    name: 'no-usage',
    rows: ['F29'],
    summary: 'does not say how many tokens it used',
    faults: always({ kind: 'usage', as: 'none' }),
  }),
  scenario({
    name: 'wrong-usage',
    rows: ['F30'],
    summary: 'says twice the tokens that it used',
    faults: always({ kind: 'usage', as: 'wrong' }),
  }),
  scenario({
    name: 'wrong-encoding',
    rows: ['F31'],
    summary: 'says that its answers are compressed, which they are not',
    faults: always({ kind: 'headers', headers: { 'content-encoding': 'gzip' } }),
  }),
  scenario({
    name: 'endless-line',
    rows: ['F32'],
    summary: 'sends 40 MB without the end of a line',
    faults: always({ kind: 'long-line', lineBytes: 41_943_040 }),
    asks: { times: 1, kinds: ['stream', 'plain'], everyMs: 1_000 },
  }),
  scenario({
    name: 'half-a-character',
    rows: ['F33'],
    summary: 'resets the connection inside a character',
    faults: always({ kind: 'cut', inside: 'code-point', afterTokens: 30 }),
  }),
  scenario({
    name: 'malformed-event',
    rows: ['F33'],
    summary: 'sends, after 10 tokens, what is no JSON',
    faults: always({ kind: 'malformed-json', afterTokens: 10 }),
  }),
  scenario({
    name: 'unasked-upgrade',
    rows: ['F34'],
    summary: 'answers 101: it would rather speak another protocol',
    faults: bytes('HTTP/1.1 101 Switching Protocols', 'connection: upgrade', 'upgrade: h2c', '', ''),
  }),
  scenario({
    name: 'odd-status',
    rows: ['F35'],
    summary: 'answers 204',
    faults: bytes('HTTP/1.1 204 No Content', '', ''),
  }),
  scenario({
    name: 'redirects',
    rows: ['F36'],
    summary: 'sends callers to the metadata server of the cloud',
    faults: bytes(
      'HTTP/1.1 307 Temporary Redirect',
      'location: http://169.254.169.254/latest',
      'content-length: 0',
      '',
      '',
    ),
  }),
  scenario({
    name: 'unwanted-headers',
    rows: ['F37'],
    summary: 'sets cookies, and claims limits and origins that are not its own to give',
    faults: always({
      kind: 'headers',
      headers: { 'set-cookie': 'a=b', 'access-control-allow-origin': '*', 'x-ratelimit-limit-requests': '1' },
    }),
  }),
];
