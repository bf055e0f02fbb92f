import { request } from './bad-input.js';
import type { BadInput, Corpus, Expected } from './bad-input.js';

const PATH = '/v1/audio/transcriptions';
const BOUNDARY = 'sluice';
const refused = (param?: string): Expected => ({
  status: 400,
  code: 'invalid_value',
  ...(param === undefined ? {} : { param }),
});
const good: Expected = { status: 200, asks: 1 };

const field = (name: string, value: string): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
const upload = (filename: string, more = ''): string =>
  `--${BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="${filename}"\r\nContent-Type: audio/wav${more}\r\n\r\nRIFF\r\n`;
const END = `--${BOUNDARY}--\r\n`;
const MODEL = field('model', 'up/m');

type Form = readonly [id: string, what: string, body: string, expected?: BadInput['expected']];
const form = (...[id, what, body, expected = refused()]: Form): BadInput => ({
  id,
  what,
  bytes: (key) =>
    request(key, {
      path: PATH,
      headers: [`Content-Type: multipart/form-data; boundary=${BOUNDARY}`],
      body: Buffer.from(body, 'latin1'),
    }),
  expected,
});
const typed = (id: string, type: string, expected: BadInput['expected']): BadInput => ({
  id,
  what: type.slice(0, 60),
  bytes: (key) => request(key, { path: PATH, headers: [`Content-Type: ${type}`], body: MODEL + upload('a.wav') + END }),
  expected,
});

const DASHES = '-'.repeat(10_000_000);

const BOUNDARIES: readonly BadInput[] = [
  form('E-60', 'dashes behind the boundary', `--${BOUNDARY}${DASHES}`),
  form('E-60', 'dashes behind the last boundary', `${MODEL}${upload('a.wav')}--${BOUNDARY}--${DASHES}`, [refused(), good]),
  form('E-60', 'dashes in front', DASHES),
  form('E-60', 'nothing but beginnings of boundaries', `\r\n--${BOUNDARY.slice(0, -1)}`.repeat(500_000)),
  typed('E-60', `multipart/form-data; boundary=${'-'.repeat(10_000)}`, [refused(), { status: 415, code: 'unsupported_media_type' }]),
  typed('E-60', 'multipart/form-data; boundary=', [refused(), { status: 415, code: 'unsupported_media_type' }]),
  typed('E-60', 'multipart/form-data; boundary=other', refused()),
];

const PARTS: readonly BadInput[] = [
  form('E-61', 'no closing boundary', MODEL + upload('a.wav')),
  form('E-61', 'cut inside of a head', `${MODEL}--${BOUNDARY}\r\nContent-Disposition: form`),
  form('E-61', 'empty', ''),
  form('E-62', '100,000 parts', field('x', '').repeat(100_000) + END, [refused(), { status: 400, code: 'duplicate_key' }]),
  form('E-62', '100,000 parts with names of their own', Array.from({ length: 100_000 }, (_, i) => field(`x${i}`, '')).join('') + END),
  form(
    'E-62',
    '10,000 headers',
    MODEL + upload('a.wav', Array.from({ length: 10_000 }, (_, i) => `\r\nX-${i}: y`).join('')) + END,
  ),
  form('E-62', 'no name', `--${BOUNDARY}\r\nContent-Type: text/plain\r\n\r\nx\r\n${END}`),
  form('E-62', '__proto__', MODEL + upload('a.wav') + field('__proto__[x]', '1') + END, [
    { status: 400, code: 'unknown_parameter' },
    refused(),
    good,
  ]),
  form('H-02', 'api_base', MODEL + upload('a.wav') + field('api_base', 'http://evil.test') + END, {
    status: 400,
    code: 'unknown_parameter',
    param: 'api_base',
  }),
];

const NAMES: readonly BadInput[] = ['../../x', 'C:\\\\x', 'C:\\x', '/etc/passwd', 'a/b', 'a\0b', 'a'.repeat(10_240), '..'].map((name) =>
  form('E-62', `filename ${name.slice(0, 20)}`, MODEL + upload(name) + END, refused('file')),
);

const part = (lines: string): string => `--${BOUNDARY}\r\nContent-Disposition: form-data${lines}\r\n\r\nup/other\r\n`;
/** Where one reader finds another model than the next. */
const TWO_MEANINGS: readonly (readonly [what: string, part: string])[] = [
  ['a name inside of a parameter', part('; x="; name=prompt"; name="model"')],
  ['a name inside of the name of a file', part('; filename="; name=model"; name="file"')],
  ['a name behind a backslash', part('; name="x\\"; name=model; y="')],
  ['two names', part('; name="prompt"; name="model"')],
  ['two dispositions', part('; name="prompt"\r\nContent-Disposition: form-data; name="model"')],
  ['a folded line', part('; name="prompt"\r\n ; name=model')],
  ['a coded name', part(`; name="prompt"; name*=utf-8''model`)],
  ['a transfer encoding', part('; name="prompt"\r\nContent-Transfer-Encoding: base64')],
];
const AMBIGUOUS: readonly BadInput[] = [
  ...TWO_MEANINGS.map(([what, odd]) => form('E-61', what, MODEL + odd + upload('a.wav') + END)),
  form('E-61', 'a head that is no UTF-8', MODEL + part('; name="\xff"') + upload('a.wav') + END, { status: 400, code: 'invalid_utf8' }),
  typed('E-61', `multipart/form-data; boundary=${BOUNDARY}; boundary=other`, refused()),
  typed('E-61', `multipart/form-data; boundary=other; boundary=${BOUNDARY}`, refused()),
];

/** Class E: forms with files in them. */
export const FORMS: Corpus = {
  'PYSEC-2026-1545: boundaries that take a reader long': BOUNDARIES,
  'parts and their heads': PARTS,
  'what readers understand differently': AMBIGUOUS,
  'names of files': NAMES,
  'what passes': [form('control', 'a form', MODEL + upload('a.wav') + END, good)],
};
