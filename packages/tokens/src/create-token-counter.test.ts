import { beforeAll, describe, expect, it } from 'vitest';
import { encodingOf } from './encoding-of.js';
import { createTokenCounter } from './index.js';

const fail = (cause: unknown): void => {
  throw new Error('A table cannot be loaded.', { cause });
};
const counter = createTokenCounter({ onError: fail });
beforeAll(async () => {
  await counter.ready('gpt-4o');
  await counter.ready('gpt-4');
});
const count = (text: string, model = 'gpt-4o') => counter.count([text], model);

describe('the tokens of a text', () => {
  // https://github.com/openai/openai-cookbook/blob/main/examples/How_to_count_tokens_with_tiktoken.ipynb
  it.each([
    ['', 0],
    ['hello world', 2],
    ['a <|endoftext|> b', 9],
    ['tiktoken is great!', 6],
  ])('are OpenAI’s own: %j', (text, tokens) => {
    expect(count(text)).toEqual({ tokens, isExact: true });
  });

  it('are by the table of the model', () => {
    const text = 'Широкая электрификация южных губерний';
    expect([count(text)?.tokens, count(text, 'gpt-4')?.tokens].map((one) => (one ?? 0) > 0)).toEqual([true, true]);
    expect(count(text)?.tokens).toBeLessThan(count(text, 'gpt-4')?.tokens ?? 0);
  });

  it('add up over several texts', () => {
    expect(counter.count(['hello world', 'hello world'], 'gpt-4o')?.tokens).toBe(4);
  });

  it('are not known before the table is there, and are soon after', async () => {
    const fresh = createTokenCounter({ onError: fail });
    expect(fresh.count(['hello'], 'gpt-4o')).toBeUndefined();
    await fresh.ready('gpt-4o');
    expect(fresh.count(['hello'], 'gpt-4o')).toEqual({ tokens: 1, isExact: true });
  });

  it('are near the truth for a text too long to be counted whole', () => {
    const page = 'The quick brown fox jumps over the lazy dog, and 1,234 others look on. ';
    const whole = (count(page.repeat(100))?.tokens ?? 0) * 100;
    const long = count(page.repeat(10_000));
    expect(long?.isExact).toBe(false);
    expect(Math.abs((long?.tokens ?? 0) / whole - 1)).toBeLessThan(0.02);
  });

  it.each([
    ['one letter', 'a'],
    ['one space', ' '],
    ['one dash', '-'],
    ['letters without a space', 'qzjxkvbw'],
    ['signs of Chinese', '漢字仮名交じり'],
  ])('of 10 MB of %s take no longer than others', (_, piece) => {
    const text = piece.repeat(Math.ceil(10_000_000 / piece.length));
    const before = process.cpuUsage();
    expect(count(text)?.tokens).toBeGreaterThan(10_000);
    // Uncut, 20 KB of one letter alone take longer than that.
    expect(process.cpuUsage(before).user / 1_000).toBeLessThan(1_500);
  });
});

describe('the table of a model', () => {
  it.each(['gpt-4o-mini', 'gpt-5.4-mini', 'o3', 'o4-mini', 'gpt-oss-120b', 'openai/gpt-4.1', 'ft:gpt-4o:acme::x'])(
    '%s reads by the newer one',
    (model) => {
      expect(encodingOf(model)).toEqual({ name: 'o200k_base', fits: true });
    },
  );

  it.each(['gpt-4', 'gpt-4-turbo', 'gpt-3.5-turbo', 'gpt-35-turbo', 'text-embedding-3-small'])(
    '%s reads by the older one',
    (model) => {
      expect(encodingOf(model)).toEqual({ name: 'cl100k_base', fits: true });
    },
  );

  it.each(['claude-opus-4-7', 'gemini-3-pro', 'llama-3', 'o200', 'mistral-o1x', ''])(
    '%s reads by nobody knows which',
    (model) => {
      expect(encodingOf(model).fits).toBe(false);
    },
  );
});
