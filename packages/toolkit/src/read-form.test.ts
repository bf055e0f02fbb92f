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
    [partOf('; name="a"').slice(0, -7).repeat(129), 'too many fields'],
  ])('is refused: %#', (body) => {
    expect(() => read(body)).toThrow(expect.objectContaining({ code: 'invalid_value' }) as Error);
  });

  it('has texts in UTF-8', () => {
    const body = Buffer.from(partOf('; name="a"').replace('\r\n\r\nx', '\r\n\r\n\xff'), 'latin1');
    expect(() => readForm(body, 'b')).toThrow(expect.objectContaining({ code: 'invalid_utf8' }) as Error);
  });
});
