import { describe, expect, it } from 'vitest';
import { createPromptCache } from './prompt-cache.js';
import type { PromptPart } from './question.js';

const part = (tokens: number, letter: string, mark?: '5m' | '1h'): PromptPart => ({
  text: letter.repeat(tokens * 4),
  images: 0,
  ...(mark && { mark }),
});
const LONG = part(2_000, 'a');

describe('createPromptCache', () => {
  it('keeps nothing of a short prompt', () => {
    const cache = createPromptCache();
    const short = [part(1_023, 'a', '5m')];
    cache.count(short, 'marked', 'x');
    expect(cache.count(short, 'marked', 'x')).toEqual({ input: 1_023, cached: 0, written5m: 0, written1h: 0 });
  });

  it('finds a prefix of its own accord, in steps of 128', () => {
    const cache = createPromptCache();
    cache.count([LONG, part(5, 'b')], 'automatic', 'x');
    expect(cache.count([LONG, part(9, 'c')], 'automatic', 'x')).toMatchObject({ input: 2_009, cached: 1_920 });
  });

  it('finds nothing where the beginning differs', () => {
    const cache = createPromptCache();
    cache.count([part(1, 'z'), LONG], 'automatic', 'x');
    expect(cache.count([part(1, 'y'), LONG], 'automatic', 'x').cached).toBe(0);
  });

  it('finds nothing of another scope', () => {
    const cache = createPromptCache();
    cache.count([LONG], 'automatic', 'x');
    expect(cache.count([LONG], 'automatic', 'y').cached).toBe(0);
  });

  it('writes up to the marks only, each for its time', () => {
    const cache = createPromptCache();
    const prompt = [part(1_500, 'a', '1h'), part(500, 'b', '5m'), part(7, 'c')];
    expect(cache.count(prompt, 'marked', 'x')).toEqual({ input: 2_007, cached: 0, written5m: 500, written1h: 1_500 });
  });

  it('reads what was written, and writes the rest', () => {
    const cache = createPromptCache();
    cache.count([part(1_500, 'a', '5m')], 'marked', 'x');
    const longer = [part(1_500, 'a'), part(500, 'b', '5m')];
    expect(cache.count(longer, 'marked', 'x')).toMatchObject({ cached: 1_500, written5m: 500 });
  });

  it('tells images apart from none', () => {
    const cache = createPromptCache();
    cache.count([{ ...LONG, images: 1 }], 'automatic', 'x');
    expect(cache.count([LONG], 'automatic', 'x').cached).toBe(0);
  });
});
