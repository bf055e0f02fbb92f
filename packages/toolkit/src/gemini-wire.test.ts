import type { Finish, Usage } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import {
  createGeminiUsageMeter,
  geminiState,
  inspectCount,
  inspectEmbed,
  inspectGenerate,
  readBlock,
  readFinish,
  readFinishFailure,
  readGeminiLogprobs,
  readGeminiUsage,
  writeFinishReason,
  writeGeminiLogprobs,
  writeGeminiUsage,
} from './gemini-wire.js';

const bytes = (value: unknown) => Buffer.from(JSON.stringify(value));

describe('a finish reason', () => {
  it.for<readonly [string, boolean, Finish['unified']]>([
    ['STOP', false, 'stop'],
    ['STOP', true, 'tool-calls'],
    ['MAX_TOKENS', true, 'length'],
    ['CONTINUATION', false, 'length'],
    ['SAFETY', false, 'content-filter'],
    ['RECITATION', true, 'content-filter'],
    ['MODEL_ARMOR', false, 'content-filter'],
    ['IMAGE_SAFETY', false, 'content-filter'],
    ['FINISH_REASON_UNSPECIFIED', false, 'other'],
    ['TOMORROW', false, 'other'],
  ])('%s (calls: %s) is %s', ([raw, calls, unified]) => {
    expect(readFinish({ finishReason: raw }, calls)).toEqual({ unified, raw });
  });

  it('is none while the candidate goes on', () => expect(readFinish({}, false)).toBeUndefined());

  it('keeps what the vendor says beside it', () => {
    expect(readFinish({ finishReason: 'SAFETY', finishMessage: 'Blocked.' }, false)?.opaque).toEqual(
      geminiState({ finishMessage: 'Blocked.' }),
    );
  });

  it.for<readonly [string, string]>([
    ['MALFORMED_FUNCTION_CALL', 'upstream_invalid_response'],
    ['UNEXPECTED_TOOL_CALL', 'upstream_invalid_response'],
    ['MISSING_THOUGHT_SIGNATURE', 'upstream_invalid_response'],
    ['OTHER', 'upstream_invalid_response'],
    ['PUP_LIMITED_DISABLED', 'upstream_auth_error'],
  ])('%s is the failure %s', ([finishReason, code]) => {
    expect(readFinishFailure({ finishReason })?.code).toBe(code);
  });

  it.for(['STOP', 'SAFETY', 'TOMORROW', undefined])('%s is no failure', (finishReason) => {
    expect(readFinishFailure({ finishReason })).toBeUndefined();
  });

  it.for<readonly [Finish, string]>([
    [{ unified: 'stop' }, 'STOP'],
    [{ unified: 'tool-calls', raw: 'tool_calls' }, 'STOP'],
    [{ unified: 'tool-calls', raw: 'STOP' }, 'STOP'],
    [{ unified: 'length', raw: 'max_tokens' }, 'MAX_TOKENS'],
    [{ unified: 'content-filter' }, 'SAFETY'],
    [{ unified: 'content-filter', raw: 'SPII' }, 'SPII'],
    [{ unified: 'other', raw: 'toString' }, 'OTHER'],
  ])('%j is written as %s', ([finish, word]) => expect(writeFinishReason(finish)).toBe(word));

  it('of a blocked prompt is why it was blocked', () => {
    const promptFeedback = { blockReason: 'PROHIBITED_CONTENT', blockReasonMessage: 'No.' };
    expect([readBlock({ promptFeedback }), readBlock({ promptFeedback: {} }), readBlock({})]).toEqual([
      { unified: 'content-filter', raw: 'PROHIBITED_CONTENT', opaque: geminiState({ promptFeedback }) },
      undefined,
      undefined,
    ]);
  });
});

describe('usage', () => {
  it('counts thoughts as output, and what tools read as input', () => {
    const wire = {
      promptTokenCount: 10,
      toolUsePromptTokenCount: 4,
      cachedContentTokenCount: 6,
      candidatesTokenCount: 3,
      thoughtsTokenCount: 20,
      promptTokensDetails: [
        { modality: 'TEXT', tokenCount: 8 },
        { modality: 'AUDIO', tokenCount: 2 },
      ],
      candidatesTokensDetails: [{ modality: 'AUDIO', tokenCount: 1 }],
    };
    expect(readGeminiUsage(wire)).toEqual({
      inputTokens: 14,
      outputTokens: 23,
      cachedInputTokens: 6,
      reasoningTokens: 20,
      audioInputTokens: 2,
      audioOutputTokens: 1,
    });
  });

  it('is the last that was said of each count', () => {
    const meter = createGeminiUsageMeter();
    meter.see({ promptTokenCount: 10, cachedContentTokenCount: 6 });
    meter.see({ promptTokenCount: 10, candidatesTokenCount: 7, thoughtsTokenCount: -1 });
    meter.see({ candidatesTokenCount: 5 });
    expect(meter.usage()).toEqual({ inputTokens: 10, outputTokens: 5, cachedInputTokens: 6 });
  });

  it.for([undefined, null, 7, {}, { promptTokenCount: '7' }])('is none in %j', (wire) => {
    expect(readGeminiUsage(wire)).toBeUndefined();
  });

  it.for<Usage>([
    { inputTokens: 10, outputTokens: 3 },
    { inputTokens: 10, outputTokens: 23, cachedInputTokens: 6, reasoningTokens: 20 },
    { inputTokens: 10, outputTokens: 9, reasoningTokens: 2, audioInputTokens: 4, audioOutputTokens: 7 },
  ])('comes back as it was written: %j', (usage) => expect(readGeminiUsage(writeGeminiUsage(usage))).toEqual(usage));
});

describe('a plain answer', () => {
  it('says what settling needs', () => {
    const body = {
      candidates: [
        { content: { parts: [{ text: 'Hi', thought: true }, { functionCall: { name: 'f' } }] }, finishReason: 'STOP' },
      ],
      usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 3, trafficType: 'ON_DEMAND_FLEX' },
      modelVersion: 'gemini-x',
    };
    expect(inspectGenerate(bytes(body))).toEqual({
      model: 'gemini-x',
      serviceTier: 'flex',
      finish: { unified: 'tool-calls', raw: 'STOP' },
      usage: { inputTokens: 2, outputTokens: 3 },
      outputChars: 14,
    });
  });

  it('without parts is one all the same', () => {
    expect(inspectGenerate(bytes({ candidates: [{ finishReason: 'SAFETY' }] }))).toEqual({
      finish: { unified: 'content-filter', raw: 'SAFETY' },
      outputChars: 0,
    });
  });

  it.for([{}, { candidates: [] }, { candidates: [7] }, { usageMetadata: {}, promptFeedback: {} }])(
    'that neither answers nor says why is a failure: %j',
    (body) => {
      expect(() => inspectGenerate(bytes(body))).toThrow(
        expect.objectContaining({ code: 'upstream_invalid_response' }),
      );
    },
  );

  it('whose generation broke is a failure', () => {
    const body = { candidates: [{ finishReason: 'MALFORMED_FUNCTION_CALL' }] };
    expect(() => inspectGenerate(bytes(body))).toThrow(/MALFORMED_FUNCTION_CALL/);
  });

  it('that holds an error is that', () => {
    const error = { error: { code: 503, status: 'UNAVAILABLE' } };
    for (const inspect of [inspectGenerate, inspectEmbed, inspectCount]) {
      expect(() => inspect(bytes(error))).toThrow(expect.objectContaining({ code: 'overloaded' }));
    }
  });

  it('of embeddings is one vector or several', () => {
    const usageMetadata = { promptTokenCount: 4 };
    const one = { embedding: { values: [1, 2] } };
    expect([inspectEmbed(bytes(one)), inspectEmbed(bytes({ embeddings: [{ values: [1] }], usageMetadata }))]).toEqual([
      {},
      { usage: { inputTokens: 4, outputTokens: 0 } },
    ]);
  });

  it.for([{}, { embeddings: [] }, { embeddings: [{}] }, { embedding: { values: ['1'] } }])(
    'of embeddings is not %j',
    (body) => {
      expect(() => inspectEmbed(bytes(body))).toThrow(/list of embeddings/);
    },
  );

  it('of a count has nothing to settle, and is not just anything', () => {
    expect(inspectCount(bytes({ totalTokens: 7 }))).toEqual({});
    expect(() => inspectCount(bytes({ totalTokens: '7' }))).toThrow(/count of tokens/);
  });
});

describe('log probabilities', () => {
  const logprobs = [
    {
      token: 'a',
      logprob: -0.1,
      top: [
        { token: 'a', logprob: -0.1 },
        { token: 'b', logprob: -2 },
      ],
    },
    { token: 'c', logprob: -1, top: [] },
  ];

  it('come back as they were written', () => {
    expect(readGeminiLogprobs(writeGeminiLogprobs(logprobs))).toEqual(logprobs);
  });

  it('may come without alternatives', () => {
    expect(readGeminiLogprobs({ chosenCandidates: [{ token: 'a', logProbability: -1 }, 7, { token: 'b' }] })).toEqual([
      { token: 'a', logprob: -1, top: [] },
    ]);
  });

  it.for([undefined, {}, { chosenCandidates: 7 }])('are none in %j', (result) => {
    expect(readGeminiLogprobs(result)).toBeUndefined();
  });
});
