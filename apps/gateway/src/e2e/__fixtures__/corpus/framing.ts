import { CHAT, chat, request } from './bad-input.js';
import type { BadInput, Corpus, Expected } from './bad-input.js';

const BODY = chat();
const refused: Expected = { status: 400, closes: true };
const tooLong: Expected = { status: 431, closes: true };
const wrongVersion: readonly Expected[] = [
  { status: 505, closes: true },
  { status: 400, closes: true },
];
const notAllowed: Expected = { status: 405, code: 'method_not_allowed', headers: { allow: 'POST' } };
const good: Expected = { status: 200 };
const chunked = (size: number = BODY.length): string => `${size.toString(16)}\r\n${BODY}\r\n0\r\n\r\n`;

type Post = readonly [id: string, headers: readonly string[], body?: string, expected?: BadInput['expected']];
const post = (...[id, headers, body = BODY, expected = refused]: Post): BadInput => ({
  id,
  what: headers.join(' | ').slice(0, 60),
  bytes: (key) => request(key, { headers, body: Buffer.from(body, 'latin1') }),
  expected,
});
const head = (id: string, lines: readonly string[], expected: BadInput['expected'] = refused): BadInput => ({
  id,
  what: lines.join(' | ').slice(0, 60),
  bytes: (key) => Buffer.from([...lines, `Authorization: Bearer ${key}`, '', ''].join('\r\n'), 'latin1'),
  expected,
});
const get = (id: string, header: string, expected: BadInput['expected'] = refused): BadInput =>
  head(id, ['GET /v1/models HTTP/1.1', 'Host: localhost', header], expected);

const host = (id: string, value: string): BadInput => head(id, ['GET /v1/models HTTP/1.1', `Host: ${value}`]);

const NO_LENGTHS = [
  ['C-13', '+2'],
  ['C-14', '-1'],
  ['C-15', '0x2'],
  ['C-16', '2_0'],
  ['C-17', '1e1'],
  ['C-18', ''],
  ['C-19', '2, 2'],
] as const;
/** Smuggling. */
const SMUGGLED: readonly BadInput[] = [
  post('C-01', ['Transfer-Encoding: chunked'], chunked()),
  post('C-02', ['Content-Length:-', 'Transfer-Encoding: xchunked'], chunked()),
  post('C-03', ['Content-Length:-', 'Transfer-Encoding : chunked'], chunked()),
  post('C-04', ['Content-Length:-', 'Transfer-Encoding: chunked', 'Transfer-Encoding: chunked'], chunked()),
  post('C-05', ['Content-Length:-', 'Transfer-Encoding: chunked, identity'], chunked()),
  post('C-06', ['Content-Length:-', 'Transfer-Encoding: chunked, chunked'], chunked()),
  post('C-07', ['Content-Length:-', 'Transfer-Encoding: \x0bchunked'], chunked()),
  post('C-08', ['Content-Length:-', 'Transfer-Encoding:\tchunked'], chunked(), good),
  post('C-09', ['Content-Length:-', 'Transfer-Encoding: gzip, chunked'], chunked(), { status: 501, closes: true }),
  {
    id: 'C-10',
    what: 'Transfer-Encoding under HTTP/1.0',
    bytes: (key) =>
      request(key, {
        version: 'HTTP/1.0',
        headers: ['Content-Length:-', 'Transfer-Encoding: chunked'],
        body: chunked(),
      }),
    expected: refused,
  },
  post('C-11', [`Content-Length: ${BODY.length}`, 'Content-Length: 3']),
  post('C-12', [`Content-Length: ${BODY.length}`, `Content-Length: ${BODY.length}`]),
  ...NO_LENGTHS.map(([id, value]) => post(id, [`Content-Length: ${value}`])),
  ...['18446744073709551616', '9223372036854775808', '99999999999999999999'].map((value) =>
    post('C-20', [`Content-Length: ${value}`], BODY, [
      refused,
      { status: 413, code: 'request_too_large', closes: true },
    ]),
  ),
  post('C-27', ['Content-Length:-', 'Transfer-Encoding: chunked'], `${BODY.length.toString(16)}\n${BODY}\n0\n\n`),
  post('C-28', ['Content-Length:-', 'Transfer-Encoding: chunked'], `2\r\r;a\r\n{}\r\n0\r\n\r\n`),
  post('C-30', ['Content-Length:-', 'Transfer-Encoding: chunked'], chunked(BODY.length - 2)),
];

const LONG_HOST = `${'a'.repeat(300)}.test`;

/** Hosts and targets. */
const ADDRESSED: readonly BadInput[] = [
  head('C-31', ['GET /v1/models HTTP/1.1']),
  head('C-32', ['GET /v1/models HTTP/1.1', 'Host: localhost', 'Host: evil.test']),
  head('C-32', ['GET /v1/models HTTP/1.1', 'Host: localhost', 'Host: localhost']),
  host('C-33', 'localhost:4000/#@evil'),
  ...['a b', 'a,b', 'a@b', '[::1', 'a:99999', LONG_HOST, 'h\xf6st', '', 'a/b', 'a#b', 'a?b', 'a\\b', 'a:b', ':80'].map(
    (value) => host('C-34', value),
  ),
  head('C-35', ['GET http://evil/v1/models HTTP/1.1', 'Host: localhost']),
  head('C-35', ['GET http://localhost/v1/models HTTP/1.1', 'Host: localhost'], good),
  head('C-36', ['GET /v1/models#x HTTP/1.1', 'Host: localhost'], [refused, { status: 404, code: 'unknown_url' }]),
  head('C-37', ['CONNECT evil.test:443 HTTP/1.1', 'Host: evil.test:443'], [{ status: 0 }, { status: 405 }, refused]),
  ...['TRACE', 'TRACK', 'DEBUG', 'PROPFIND', 'PUT'].map((method) =>
    head('C-38', [`${method} ${CHAT} HTTP/1.1`, 'Host: localhost'], notAllowed),
  ),
];

/** Lines. */
const LINES: readonly BadInput[] = [
  { id: 'C-40', what: 'bare LF', bytes: () => 'GET /v1/models HTTP/1.1\nHost: localhost\n\n', expected: refused },
  get('C-41', 'X-A: b\r\n c'),
  get('C-42', 'X-A : b'),
  get('C-43', 'X-A: a\0b'),
  get('C-44', 'X-A: a\rb'),
  get('C-45', 'X-A: a\x7fb'),
  get('C-45', 'X-A: a\x01b'),
  get('C-46', ': b'),
  get('C-47', 'X A: b'),
  {
    id: 'C-48',
    what: 'space before the first header',
    bytes: () => 'GET /v1/models HTTP/1.1\r\n Host: localhost\r\n\r\n',
    expected: refused,
  },
  head('C-49', ['GET /v1/m\xc3\xb6dels HTTP/1.1', 'Host: localhost']),
  { id: 'C-51', what: 'HTTP/0.9', bytes: () => 'GET /\r\n\r\n', expected: refused },
  {
    id: 'C-51',
    what: 'HTTP/0.9 in words',
    bytes: () => 'GET / HTTP/0.9\r\nHost: localhost\r\n\r\n',
    expected: wrongVersion,
  },
  ...['HTTP/1.32', 'HTTP/2.0', 'HTTP/1.1 ', 'http/1.1', 'HTTP/3.0', 'HTTP/1.2'].map((version) =>
    head('C-52', [`GET /v1/models ${version}`, 'Host: localhost'], wrongVersion),
  ),
  { id: 'C-52', what: 'PRI', bytes: () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', expected: wrongVersion },
];

/** Limits, and what a head asks for besides. */
const LIMITS: readonly BadInput[] = [
  get('C-54', `X-A: ${'a'.repeat(17 * 1_024)}`, tooLong),
  get('C-55', Array.from({ length: 1_500 }, (_, i) => `x${i}: y`).join('\r\n'), tooLong),
  head('C-56', [`GET /v1/models?${'a'.repeat(17 * 1_024)} HTTP/1.1`, 'Host: localhost'], tooLong),
  get('C-57', Array.from({ length: 101 }, (_, i) => `X-${i}: ${'a'.repeat(92)}`).join('\r\n'), tooLong),
  {
    id: 'C-59',
    what: 'half a request, then the end',
    bytes: (key) => request(key).subarray(0, -10),
    ends: true,
    expected: [{ status: 0 }, refused],
  },
  {
    id: 'C-62',
    what: 'Expect: 100-continue with a bad key',
    bytes: () => request('sk-sluice-bad', { headers: ['Expect: 100-continue'] }).subarray(0, -BODY.length),
    expected: { status: 401, code: 'invalid_api_key', closes: true },
  },
  post('C-62', ['Expect: banana'], BODY, { status: 417, closes: true }),
  get('C-63', 'Connection: upgrade\r\nUpgrade: h2c', good),
  get('C-63', 'Connection: upgrade\r\nUpgrade: websocket', good),
];

/** Class C: the framing of HTTP messages and their heads. */
export const FRAMING: Corpus = {
  'smuggled requests': SMUGGLED,
  'hosts and targets': ADDRESSED,
  lines: LINES,
  'limits of a head': LIMITS,
};
