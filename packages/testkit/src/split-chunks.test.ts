import { describe, expect, it } from 'vitest';
import { seededRandom, splitEvery, splitInTwo, splitRandomly } from './split-chunks.js';

const bytes = Buffer.from('abcdefgh');
const joined = (pieces: readonly Uint8Array[]): string => Buffer.concat(pieces).toString();

describe('splitting', () => {
  it('cuts into pieces of one size and a rest', () => {
    expect(splitEvery(bytes, 3).map((piece) => piece.length)).toEqual([3, 3, 2]);
  });

  it('cuts in two at every place and loses nothing', () => {
    const cuts = [...splitInTwo(bytes)];
    expect([cuts.length, new Set(cuts.map(joined))]).toEqual([7, new Set(['abcdefgh'])]);
  });

  it('cuts at random and loses nothing', () => {
    expect(joined(splitRandomly(bytes, seededRandom(7), 3))).toBe('abcdefgh');
  });

  it('repeats itself for the same seed', () => {
    const lengths = (seed: number) => splitRandomly(bytes, seededRandom(seed), 3).map((piece) => piece.length);
    expect(lengths(5)).toEqual(lengths(5));
  });
});
