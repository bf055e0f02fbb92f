import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutUp } from './__fixtures__/cuts.js';
import { createFrameReader, writeFrame } from './sse.js';

const bytes = (text: string) => Buffer.from(text);

describe('createFrameReader', () => {
  it.for(['\n', '\r', '\r\n'])('reads events whose lines end in %j', (end) => {
    const text = `event: a${end}data: 1${end}data: 2${end}${end}: ping${end}${end}data:3${end}${end}`;
    expect(createFrameReader().push(bytes(`${text}\n`))).toEqual([
      { event: 'a', data: '1\n2' },
      { event: undefined, data: '3' },
    ]);
  });

  it('reads past a byte order mark', () => {
    expect(createFrameReader().push(bytes('\ufeffdata: 1\n\n'))).toEqual([{ event: undefined, data: '1' }]);
  });

  it('gives the same events wherever the reads are cut', () => {
    const line = fc.string({ unit: 'grapheme' }).map((text) => text.replaceAll(/[\r\n]/g, ''));
    const stream = fc.tuple(fc.array(line, { minLength: 1 }), fc.constantFrom('\n', '\r\n'));
    fc.assert(
      fc.property(stream, fc.array(fc.nat(20)), ([lines, end], cuts) => {
        const all = bytes(lines.map((text) => `data: ${text}${end}${end}`).join(''));
        const reader = createFrameReader();
        const read = cutUp(all, cuts).flatMap((part) => reader.push(part));
        expect(read.map(({ data }) => data)).toEqual(lines);
      }),
    );
  });

  it('refuses an event larger than its limit', () => {
    const reader = createFrameReader(10);
    expect(() => reader.push(bytes('data: 01234567890123456789'))).toThrow(/larger than 32 MiB/);
  });

  it('gives what came before an event that is too large, and then refuses', () => {
    const reader = createFrameReader(10);
    expect(reader.push(bytes('data: 1\n\ndata: 01234567890123456789'))).toHaveLength(1);
    expect(() => reader.push(bytes('x'))).toThrow(/larger/);
  });
});

describe('writeFrame', () => {
  it.for([
    [{ data: 'a' }, 'data: a\n\n'],
    [{ event: 'e', data: 'a\nb' }, 'event: e\ndata: a\ndata: b\n\n'],
  ] as const)('writes %j', ([frame, text]) => expect(writeFrame(frame)).toBe(text));
});
