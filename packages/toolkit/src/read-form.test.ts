import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { writeForm } from './multipart.js';
import type { FormField } from './multipart.js';
import { boundaryOf, readForm } from './read-form.js';

const word = fc.stringMatching(/^[\wäöü "%.-]{1,8}$/).filter((text) => !/^\.{0,2}$/.test(text));
const file = fc.record({
  filename: word,
  mediaType: fc.constant('audio/wav'),
  bytes: fc.uint8Array({ maxLength: 64 }),
});
const text = fc.stringMatching(/^[\t\r\n -~äöü]{0,40}$/);
const fields = fc.array(fc.tuple(word, fc.oneof(text, file)), {
  minLength: 1,
  maxLength: 5,
});

const partOf = (disposition: string): string =>
  `--b\r\nContent-Disposition: form-data${disposition}\r\n\r\nx\r\n--b--\r\n`;
const read = (body: string): readonly FormField[] => readForm(Buffer.from(body), 'b');

describe('a form', () => {
  it('is read as what was written', () => {
    fc.assert(
      fc.property(fields, (written) => {
        const { body, contentType } = writeForm(written);
        expect(readForm(Buffer.concat(body), boundaryOf(contentType) ?? '')).toEqual(written);
      }),
    );
  });

  it('is read as what a browser writes', async () => {
    const form = new FormData();
    form.append('a "b"\n', 'c\nd');
    form.append('file', new File(['bytes'], 'ä "x".wav', { type: 'audio/wav' }));
    const sent = new Response(form);
    const boundary = boundaryOf(sent.headers.get('content-type') ?? '') ?? '';
    expect(readForm(Buffer.from(await sent.arrayBuffer()), boundary)).toEqual([
      ['a "b"\r\n', 'c\r\nd'],
      ['file', { filename: 'ä "x".wav', mediaType: 'audio/wav', bytes: new Uint8Array(Buffer.from('bytes')) }],
    ]);
  });

  it.each([
    ['; name="a"', [['a', 'x']]],
    ['; name=a', [['a', 'x']]],
    ['; name="a\\"b"', [['a"b', 'x']]],
    ['; name="a;b"', [['a;b', 'x']]],
    ['; Name=a ;', [['a', 'x']]],
    ['; name="a"\r\nContent-Transfer-Encoding: 8bit', [['a', 'x']]],
    [
      `; name="a"; filename="_.wav"; filename*=utf-8''%C3%A4.wav`,
      [['a', expect.objectContaining({ filename: 'ä.wav' })]],
    ],
    [`; name="a"; filename*=utf-8''%C3%A4.wav`, [['a', expect.objectContaining({ filename: 'ä.wav', mediaType: '' })]]],
  ])('names its fields as clients do: %s', (disposition, expected) => {
    expect(read(partOf(disposition))).toEqual(expected);
  });

  it.each([
    ['', 'nothing'],
    ['x', 'no boundary'],
    ['--b', 'no part'],
    [partOf(''), 'no name'],
    [partOf('; name="a"').replace('--b--', '--b-'), 'no end'],
    [`${partOf('; name="a"')}x`, 'more behind its end'],
    [`x${partOf('; name="a"')}`, 'something in front'],
    [partOf('; name="a"').replaceAll('\r\n', '\n'), 'lines without CR'],
    [partOf(`; name="a"\r\nx: ${'y'.repeat(20_000)}`), 'a long head'],
    [partOf('; name="a"; filename="../x"'), 'a path for a name'],
    [partOf(`; name="a"; filename*=utf-8''..%2Fx`), 'a coded path for a name'],
    [partOf(`; name="a"; filename*=utf-8''%zz`), 'a name in no code'],
    [partOf('; name="a"; filename=""'), 'an empty name'],
    [partOf(`; name="a"; filename="../x"; filename*=utf-8''y`), 'a path beside a good name'],
    [partOf('; x="; name=prompt"; name="model"'), 'a name inside of something else'],
    [partOf('; filename="; name=prompt"; name="model"'), 'a name inside of the name of a file'],
    [partOf('; name="x\\"; name=model; y="'), 'a name behind a backslash'],
    [partOf('; name="a"; name="b"'), 'two names'],
    [partOf('; name="a"; NAME=b'), 'two names, one in capitals'],
    [partOf('; name="a"b'), 'more behind a name'],
    [partOf('; name="a" filename="b"'), 'no semicolon'],
    [partOf(`; name="a"; name*=utf-8''b`), 'a coded name'],
    [partOf('; name="a"\r\nContent-Disposition: form-data; name="b"'), 'two dispositions'],
    [partOf('; name="a"\r\ncontent-type: a/b\r\nContent-Type: c/d'), 'two types'],
    [partOf('; name="a"\r\n ; name=b'), 'a folded line'],
    [partOf('; name="a"\nContent-Disposition: form-data; name="b"'), 'a line feed in a head'],
    [partOf('; name="a"\r\nContent-Disposition : form-data; name="b"'), 'a space in front of a colon'],
    [partOf('; name="a"\r\nContent-Transfer-Encoding: base64'), 'a coding'],
    [partOf('; name="a"').slice(0, -7).repeat(129), 'too many fields'],
  ])('is refused: %#', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_value' }) as Error);
  });

  it('has texts in UTF-8', () => {
    const body = Buffer.from(partOf('; name="a"').replace('\r\n\r\nx', '\r\n\r\n\xff'), 'latin1');
    expect(() => readForm(body, 'b')).toThrow(expect.objectContaining({ code: 'invalid_utf8' }) as Error);
  });

  it('has heads in UTF-8', () => {
    const body = Buffer.from(partOf('; name="\xff"'), 'latin1');
    expect(() => readForm(body, 'b')).toThrow(expect.objectContaining({ code: 'invalid_utf8' }) as Error);
  });

  it('is not copied', () => {
    const body = Buffer.from(partOf('; name="a"; filename="b"'));
    const [[, file] = []] = readForm(body, 'b');
    expect(file).toMatchObject({ bytes: { buffer: body.buffer } });
  });
});

describe('a boundary', () => {
  it.each(['; boundary=b', ';boundary="b"', '; charset=utf-8; Boundary=b;', ' ; boundary=b'])(
    'is found: %s',
    (parameters) => {
      expect(boundaryOf(`multipart/form-data${parameters}`)).toBe('b');
    },
  );

  it.each([
    '',
    '; boundary=',
    '; boundary=a; boundary=b',
    '; boundary=a; BOUNDARY="b"',
    '; boundary="a\\"',
    '; boundary=a b',
    '; x="; boundary=a"',
    `; boundary=${'a'.repeat(71)}`,
  ])('is not, or is not the only one: %s', (parameters) => {
    expect(boundaryOf(`multipart/form-data${parameters}`)).toBeUndefined();
  });
});
