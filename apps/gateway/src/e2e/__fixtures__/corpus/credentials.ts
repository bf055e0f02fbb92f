import { CHAT, chat, request } from './bad-input.js';
import type { BadInput, Corpus, Expected } from './bad-input.js';

const missing: Expected = { status: 401, code: 'missing_api_key' };
const invalid: Expected = { status: 401, code: 'invalid_api_key' };
const good: Expected = { status: 200 };

type Lines = (key: string) => readonly string[];
const withHeaders = (id: string, lines: Lines, expected: Expected = invalid): BadInput => ({
  id,
  what: lines('KEY').join(' | ').slice(0, 60),
  bytes: (key) => request(key, { headers: lines(key) }),
  expected,
});
const bearer = (id: string, credential: string): BadInput =>
  withHeaders(id, () => [`Authorization: Bearer ${credential}`]);
const wrongLast = (key: string): string => `${key.slice(0, -1)}${key.endsWith('A') ? 'B' : 'A'}`;

const NONE_OR_WRONG: readonly BadInput[] = [
  withHeaders('A-01', () => ['Authorization:-'], missing),
  withHeaders('A-02', () => ['Authorization: '], missing),
  withHeaders('A-03', () => ['Authorization: Bearer'], missing),
  withHeaders('A-04', () => ['Authorization: Bearer    '], missing),
  ...['api_key', 'key'].map((name) => ({
    id: 'A-05',
    what: `key in ?${name}=`,
    bytes: (key: string) => request(key, { path: `${CHAT}?${name}=${key}`, headers: ['Authorization:-'] }),
    expected: missing,
  })),
  {
    id: 'A-07',
    what: 'key in the body',
    bytes: (key) => request(key, { headers: ['Authorization:-'], body: chat({ api_key: key }) }),
    expected: missing,
  },
  bearer('A-08', `sk-sluice-${'A'.repeat(43)}`),
  withHeaders('A-09', (key) => [`Authorization: Bearer ${wrongLast(key)}`]),
  withHeaders('A-11', (key) => [`Authorization: Bearer ${key.slice(0, 20)}\t${key.slice(20)}`]),
  withHeaders('A-12', (key) => [`Authorization: Bearer ${key.toUpperCase()}`]),
  withHeaders('A-14', (key) => [`Authorization: Bearer Bearer ${key}`]),
  withHeaders('A-15', (key) => [`Authorization: Token ${key}`]),
  withHeaders('A-17', (key) => [`Authorization: Bearer ${key}`, 'x-api-key: sk-sluice-other']),
  bearer('A-18', `sk-sluice-${'a'.repeat(10_000)}`),
];

const INJECTED: readonly BadInput[] = [
  bearer('A-20', "' OR '1'='1"),
  bearer('A-21', "'; DROP TABLE keys;--"),
  bearer('A-23', "' OR (SELECT pg_sleep(8)) IS NOT NULL--"),
  bearer('A-24', '{"$gt":""}'),
  ...['__proto__', 'constructor', 'toString'].map((name) => bearer('A-26', name)),
  bearer('A-27', '%0d%0aSET%20x%201%0d%0a'),
];

const OTHER_SCHEMES: readonly BadInput[] = [
  ...['Digest', 'AWS4-HMAC-SHA256', 'DPoP', 'Basic', 'OAuth'].map((scheme) =>
    withHeaders('A-30', (key) => [`Authorization: ${scheme} ${key}`]),
  ),
];

const ACCEPTED: readonly BadInput[] = [
  withHeaders('scheme', (key) => [`Authorization: bearer ${key}`], good),
  withHeaders('scheme', (key) => [`Authorization: BEARER ${key}`], good),
  withHeaders('scheme', (key) => [`Authorization: Bearer  ${key}`], good),
];

/** Class A: credentials of callers. */
export const CREDENTIALS: Corpus = {
  'no credential, or a wrong one': NONE_OR_WRONG,
  'CVE-2026-42208: a credential that a store would run': INJECTED,
  'CVE-2026-59822: a scheme that nobody knows': OTHER_SCHEMES,
  'schemes in other letters': ACCEPTED,
};
