import { describe, expect, it } from 'vitest';
import { decodeRerank, inspectRerank, readCohereUsage } from './cohere-wire.js';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('a ranking', () => {
  it.each([
    [{ results: [{ index: 1, relevance_score: 0.5 }] }, [{ index: 1, score: 0.5 }]],
    [{ results: [{ index: 1, score: 0.5, document: 'd' }] }, [{ index: 1, score: 0.5, document: 'd' }]],
    [{ results: [] }, []],
  ])('is read from %j', (answer, results) => {
    expect(decodeRerank(bytes(answer))).toEqual({ model: '', results });
  });

  it.each([
    [{ results: [{ index: 1 }] }, 'upstream_invalid_response'],
    [{ results: [{ index: '1', score: 1 }] }, 'upstream_invalid_response'],
    [{ message: 'failed' }, 'upstream_invalid_response'],
    [{ error: { message: 'x', code: 'rate_limit_exceeded' } }, 'upstream_rate_limited'],
  ])('is not %j', (answer, code) => {
    expect(() => inspectRerank(bytes(answer))).toThrow(expect.objectContaining({ code }));
  });

  it.each([
    [{ usage: { total_tokens: 56 } }, { inputTokens: 56, outputTokens: 0 }],
    [{ usage: { prompt_tokens: 50, total_tokens: 56 } }, { inputTokens: 50, outputTokens: 0 }],
    [{ meta: { billed_units: { search_units: 2 } } }, { inputTokens: 0, outputTokens: 0, searchUnits: 2 }],
  ])('with %j used %j', (counts, usage) => {
    expect(inspectRerank(bytes({ model: 'm', results: [], ...counts }))).toEqual({ model: 'm', usage });
  });
});

describe("Cohere's counts", () => {
  const used = { input_tokens: 500, output_tokens: 5 };
  const billed = { input_tokens: 5, output_tokens: 2 };

  it('tell what was read and written, and what is charged for', () => {
    expect(readCohereUsage({ tokens: used, billed_units: billed, cached_tokens: 448 })).toEqual({
      inputTokens: 500,
      outputTokens: 5,
      cachedInputTokens: 448,
      billed: { inputTokens: 5, outputTokens: 2 },
    });
  });

  it.each([
    [{ tokens: used }, { inputTokens: 500, outputTokens: 5 }],
    [{ billed_units: { input_tokens: 5 } }, { inputTokens: 5, outputTokens: 0 }],
    [{ billed_units: { input_tokens: 5, image_tokens: 80 } }, { inputTokens: 85, outputTokens: 0 }],
    [{ billed_units: { images: 1 } }, { inputTokens: 0, outputTokens: 0, images: 1 }],
    [{ tokens: { input_tokens: -1 } }, undefined],
    [{}, undefined],
    [undefined, undefined],
  ])('may be no more than %j', (usage, counts) => {
    expect(readCohereUsage(usage)).toEqual(counts);
  });
});
