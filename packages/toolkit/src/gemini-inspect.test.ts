import { describe, expect, it } from 'vitest';
import { inspectGenerateList } from './gemini-inspect.js';

const inspect = (value: unknown) => inspectGenerateList(Buffer.from(JSON.stringify(value)));
const item = (text: string, tokens?: number): object => ({
  candidates: [{ content: { parts: [{ text }] } }],
  modelVersion: 'gemini-3-pro',
  ...(tokens === undefined ? {} : { usageMetadata: { promptTokenCount: 3, candidatesTokenCount: tokens } }),
});

describe('a stream as one list', () => {
  it('used what its last count says', () => {
    expect(inspect([item('Hel', 1), item('lo', 2), { candidates: [] }])).toMatchObject({
      model: 'gemini-3-pro',
      usage: { inputTokens: 3, outputTokens: 2 },
      outputChars: 5,
    });
  });

  it('is counted by its characters where it has no count', () => {
    expect(inspect([item('Hello')])).toEqual({ outputChars: 5 });
    expect(inspect([])).toEqual({ outputChars: 0 });
  });

  it('that is none is read as a plain answer', () => {
    expect(inspect({ ...item('Hi', 1) })).toMatchObject({ usage: { outputTokens: 1 }, outputChars: 2 });
    expect(() => inspectGenerateList(Buffer.from('[{"candidates":['))).toThrow();
  });
});
