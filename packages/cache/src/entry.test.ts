import { describe, expect, it } from 'vitest';
import { readEntry, writeEntry } from './entry.js';

const answer = {
  body: Uint8Array.of(0, 255, 123),
  contentType: 'application/json',
  provider: 'openai',
  model: 'gpt-ü',
  usage: { inputTokens: 3, outputTokens: 5, cachedInputTokens: 1 },
};

describe('an entry', () => {
  it('reads as the answer that was written', () => {
    const read = readEntry(writeEntry(answer));
    expect({ ...read, body: Uint8Array.from(read.body) }).toEqual(answer);
  });

  it('reads the same from the middle of a larger buffer', () => {
    const entry = writeEntry(answer);
    const larger = Buffer.concat([Buffer.from('before'), entry]);
    expect(readEntry(larger.subarray(6)).model).toBe('gpt-ü');
  });

  it('keeps an answer without usage without', () => {
    const { usage: _, ...rest } = answer;
    expect(readEntry(writeEntry(rest))).not.toHaveProperty('usage');
  });

  it('does not share memory with the answer', () => {
    const body = Uint8Array.of(1);
    const entry = writeEntry({ ...answer, body });
    body[0] = 2;
    expect(readEntry(entry).body[0]).toBe(1);
  });

  it.each([
    ['is empty', () => new Uint8Array()],
    ['is cut in its head', () => writeEntry(answer).subarray(0, 20)],
    ['is of another version', () => writeEntry(answer).fill(9, 0, 1)],
    ['has a head that is no JSON', () => writeEntry(answer).fill(0, 5, 9)],
    ['lacks a field', () => writeEntry({ body: Uint8Array.of(1) } as typeof answer)],
  ])('is refused when it %s', (_, bytes) => {
    expect(() => readEntry(bytes())).toThrow();
  });
});
