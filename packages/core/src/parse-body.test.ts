import { describe, expect, it } from 'vitest';
import { assertBodyType, parseBody, parseCall, parseForm } from './parse-body.js';

const coded = (code: string): unknown => expect.objectContaining({ code });
const bytes = (...parts: readonly (string | readonly number[])[]): Uint8Array =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)));
const MARK = [0xef, 0xbb, 0xbf];

describe('assertBodyType', () => {
  it.for([
    'application/json',
    'application/json;charset=UTF-8',
    'application/json; charset="utf-8"',
    'APPLICATION/JSON',
    'application/vnd.x+json',
  ])('takes %s', (type) => {
    expect(assertBodyType({ 'content-type': type, 'content-encoding': 'identity' }, 'json')).toBeUndefined();
  });

  it.for([
    undefined,
    '',
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json, text/html',
    'text/json',
  ])('refuses the type %s', (type) => {
    expect(() => assertBodyType({ 'content-type': type }, 'json')).toThrow(coded('unsupported_media_type'));
  });

  it('refuses a type that came twice', () => {
    const type = ['application/json', 'application/json'];
    expect(() => assertBodyType({ 'content-type': type }, 'json')).toThrow(coded('unsupported_media_type'));
  });

  it.for(['gzip', 'br', 'zstd', 'deflate', 'x', 'br, gzip'])('refuses the encoding %s', (encoding) => {
    const headers = { 'content-type': 'application/json', 'content-encoding': encoding };
    expect(() => assertBodyType(headers, 'json')).toThrow(coded('unsupported_content_encoding'));
  });

  it.for(['utf-16', 'latin1', '"iso-8859-1"'])('refuses the charset %s', (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    expect(() => assertBodyType(headers, 'json')).toThrow(coded('unsupported_charset'));
  });
});

describe('a form', () => {
  const read = async (form: FormData): Promise<unknown> => {
    const sent = new Response(form);
    const headers = { 'content-type': sent.headers.get('content-type') ?? '' };
    return parseForm(new Uint8Array(await sent.arrayBuffer()), headers).wire;
  };

  it('becomes an object of texts, lists and files', async () => {
    const form = new FormData();
    form.append('model', 'whisper-1');
    form.append('timestamp_granularities[]', 'word');
    form.append('timestamp_granularities[]', 'segment');
    form.append('file', new File([Uint8Array.of(1, 0, 255)], 'a.wav', { type: 'audio/wav' }));
    expect(await read(form)).toEqual({
      model: 'whisper-1',
      timestamp_granularities: ['word', 'segment'],
      file: { filename: 'a.wav', mediaType: 'audio/wav', bytes: Uint8Array.of(1, 0, 255) },
    });
  });

  it('may not name a field twice', async () => {
    const form = new FormData();
    form.append('model', 'a');
    form.append('model', 'b');
    await expect(read(form)).rejects.toMatchObject({ code: 'duplicate_key', details: { param: 'model' } });
  });

  it('has no field that an object has of itself', async () => {
    const form = new FormData();
    form.append('__proto__', 'x');
    expect(Object.keys((await read(form)) as object)).toEqual(['__proto__']);
  });

  it('is refused where it is none', async () => {
    const headers = { 'content-type': 'multipart/form-data; boundary=x' };
    expect(() => parseForm(Buffer.from('hello'), headers)).toThrow(
      expect.objectContaining({ code: 'invalid_value' }) as Error,
    );
  });

  it.for(['application/json', 'multipart/form-data', undefined])('is not what %s announces', (type) => {
    expect(() => assertBodyType({ 'content-type': type }, 'multipart')).toThrow(coded('unsupported_media_type'));
  });

  it('announces its boundary', () => {
    expect(assertBodyType({ 'content-type': 'multipart/form-data; boundary=x' }, 'multipart')).toBeUndefined();
  });
});

describe.for([
  ['parseBody', parseBody],
  ['parseCall', (body: Uint8Array): unknown => parseCall(body).wire],
] as const)('%s', ([, parse]) => {
  it.for([
    ['E-01 nothing', ''],
    ['E-02 a cut', '{"a":'],
    ['E-04 a comment', '{"a":1/* no */}'],
    ['E-05 single quotes', "{'a':1}"],
    ['E-07 a leading zero', '{"a":01}'],
    ['E-07 a plus', '{"a":+1}'],
    ['E-07 a leading point', '{"a":.5}'],
    ['E-07 a trailing point', '{"a":1.}'],
    ['E-07 hexadecimal', '{"a":0x1}'],
    ['E-08 a control character', '{"a":"\u0001"}'],
    ['E-10 two documents', '{}{}'],
    ['E-10 two documents with a model', '{"model":"m","a":1}{}'],
    ['E-11 trailing garbage', '{"model":"m"} x'],
    ['a trailing comma', '{"model":"m",}'],
    ['two commas', '{"model":"m",,"a":1}'],
    ['NaN', '{"a":NaN}'],
  ] as const)('refuses %s', ([, text]) => {
    expect(() => parse(Buffer.from(text))).toThrow(coded('invalid_json'));
  });

  it.for([
    ['E-19 a stray byte', [0xff]],
    ['E-20 an overlong form', [0xc0, 0xaf]],
    ['E-23 CESU-8 surrogates', [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]],
  ] as const)('refuses %s', ([, odd]) => {
    expect(() => parse(bytes('{"model":"m","a":"', odd, '"}'))).toThrow(coded('invalid_utf8'));
  });

  it('refuses a character that is cut at the end (E-22)', () => {
    expect(() => parse(bytes('{"a":"', [0xe4, 0xbd]))).toThrow(coded('invalid_utf8'));
  });

  it('passes over a byte order mark (E-24)', () => {
    expect(parse(bytes(MARK, '{"model":"é","a":1}'))).toEqual({ model: 'é', a: 1 });
  });

  it.for([
    ['null', null],
    ['[]', []],
    ['1', 1],
    ['true', true],
    ['"text"', 'text'],
  ] as const)('leaves %s to the dialect, which knows what it wants (E-14 to E-18)', ([text, value]) => {
    expect(parse(Buffer.from(text))).toEqual(value);
  });

  it('makes no prototype of a "__proto__" (E-41)', () => {
    parse(Buffer.from('{"model":"m","__proto__":{"polluted":1}}'));
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });
});

describe('parseCall', () => {
  it('tells where the model stands, behind a mark too', () => {
    const { body, modelAt } = parseCall(bytes(MARK, '{"model":"m1","a":1}'));
    expect(Buffer.from(body.subarray(modelAt?.start, modelAt?.end)).toString()).toBe('"m1"');
  });

  it.for(['{"model":"a","model":"b"}', '{"model":"a","\\u006dodel":"b"}', '{"model":"a","x":1,"model":"b"}'])(
    'refuses the second model of %s (E-25, E-27)',
    (text) => {
      expect(() => parseCall(Buffer.from(text))).toThrow(coded('duplicate_key'));
    },
  );

  it('reads a view into a larger buffer', () => {
    const large = Buffer.from('xx{"model":"m"}yy');
    expect(parseCall(large.subarray(2, -2)).wire).toEqual({ model: 'm' });
  });
});
