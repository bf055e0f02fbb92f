import { describe, expect, it } from 'vitest';
import { countInput, countTokens, splitTokens } from './tokens.js';

describe('tokens', () => {
  it.for([
    ['', 0],
    ['abcd', 1],
    ['abcde', 2],
    ['👋👋👋👋', 1],
  ] as const)('counts %j as %i', ([text, count]) => {
    expect(countTokens(text)).toBe(count);
  });

  it('cuts a text into as many tokens as it counts, losing nothing', () => {
    const text = 'Grüße an 東京 👋!';
    const tokens = splitTokens(text);
    expect([tokens.length, tokens.join('')]).toEqual([countTokens(text), text]);
  });

  it('counts an image as 85 tokens and nothing as one', () => {
    expect([countInput([{ text: 'abcd', images: 2 }]), countInput([])]).toEqual([171, 1]);
  });
});
