import { inflateSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { durationMs, hear, speak } from './speech.js';
import { paint } from './png.js';

describe('paint', () => {
  it('makes a PNG of the size asked for', () => {
    const png = paint('a cat', 20, 10);
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    expect([png.readUInt32BE(16), png.readUInt32BE(20), rows.length, png.subarray(-8, -4).toString()]).toEqual([
      20,
      10,
      10 * 4,
      'IEND',
    ]);
  });

  it('gives the same picture for the same text, another for another', () => {
    expect(paint('a', 8, 8).equals(paint('a', 8, 8))).toBe(true);
    expect(paint('a', 8, 8).equals(paint('b', 8, 8))).toBe(false);
  });
});

describe('speak', () => {
  it.for(['mp3', 'wav'] as const)('notes in an %s what was said', (format) => {
    expect(hear(speak('Grüße, 東京', format))).toBe('Grüße, 東京');
  });

  it('has no room for a note in bare samples', () => {
    expect(hear(speak('Hello', 'pcm'))).toBeUndefined();
  });

  it('lasts as long as the text', () => {
    const samples = (durationMs('Hello') * 24_000) / 1_000;
    expect([speak('Hello', 'pcm').length, speak('Hello', 'mp3').subarray(0, 3).toString()]).toEqual([
      samples * 2,
      'ID3',
    ]);
  });

  it('declares the length that it has', () => {
    const wav = speak('odd', 'wav');
    expect([wav.toString('latin1', 0, 4), wav.readUInt32LE(4)]).toEqual(['RIFF', wav.length - 8]);
  });
});
