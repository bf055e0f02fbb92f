import type { ChatEvent, ChatResult, JsonObject } from '@sluice/contract';
import { foldEvents } from '@sluice/testkit';
import { geminiState } from '@sluice/toolkit/gemini-wire';
import { describe, expect, it } from 'vitest';
import { decodeChat } from './decode.js';
import { createAnswerDecoder } from './stream-decoder.js';

const candidate = (parts: readonly JsonObject[], more: JsonObject = {}) => ({
  candidates: [{ content: { role: 'model', parts }, ...more }],
  responseId: 'r1',
  modelVersion: 'gemini-x',
});
const END = candidate([], { finishReason: 'STOP' });

function stream(...chunks: readonly object[]): readonly ChatEvent[] {
  const decoder = createAnswerDecoder();
  return [...chunks.flatMap((chunk) => decoder.push({ data: JSON.stringify(chunk) })), ...decoder.end()];
}
const plain = (parts: readonly JsonObject[], more: JsonObject = {}): ChatResult =>
  decodeChat(Buffer.from(JSON.stringify(candidate(parts, { finishReason: 'STOP', ...more }))));
const streamed = (...pieces: readonly (readonly JsonObject[])[]): ChatResult =>
  foldEvents(stream(...pieces.map((parts) => candidate(parts)), END));

describe('the parts of an answer', () => {
  it.for<readonly [string, readonly JsonObject[], readonly (readonly JsonObject[])[]]>([
    ['text', [{ text: 'Hello' }], [[{ text: 'Hel' }], [{ text: '' }], [{ text: 'lo' }]]],
    [
      'signed text',
      [{ text: 'Hello', thoughtSignature: 'c2ln' }],
      [[{ text: 'Hel' }], [{ text: 'lo' }], [{ text: '', thoughtSignature: 'c2ln' }]],
    ],
    [
      'text whose last piece is signed',
      [{ text: 'Hello', thoughtSignature: 'c2ln' }, { text: 'More' }],
      [[{ text: 'Hel' }], [{ text: 'lo', thoughtSignature: 'c2ln' }], [{ text: 'More' }]],
    ],
    [
      'thoughts before text',
      [{ text: 'Hm', thought: true, thoughtSignature: 'eA==' }, { text: 'Hello' }],
      [[{ text: 'H', thought: true }], [{ text: 'm', thought: true, thoughtSignature: 'eA==' }, { text: 'Hello' }]],
    ],
    [
      'a signature of nothing else',
      [
        { text: 'Hm', thought: true },
        { text: '', thoughtSignature: 'c2ln' },
      ],
      [[{ text: 'Hm', thought: true }], [{ text: '', thoughtSignature: 'c2ln' }]],
    ],
    [
      'calls with ids and without',
      [
        { functionCall: { name: 'a', args: { x: 1 } }, thoughtSignature: 'c2ln' },
        { functionCall: { id: 'own', name: 'b', args: {} } },
        { functionCall: { name: 'c' } },
      ],
      [
        [{ functionCall: { name: 'a', args: { x: 1 } }, thoughtSignature: 'c2ln' }],
        [{ functionCall: { id: 'own', name: 'b', args: {} } }, { functionCall: { name: 'c' } }],
      ],
    ],
    [
      'code, a picture and a sound',
      [
        { executableCode: { language: 'PYTHON', code: '1' } },
        { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
        { inlineData: { mimeType: 'audio/wav', data: 'UklG' } },
      ],
      [
        [
          { executableCode: { language: 'PYTHON', code: '1' } },
          { inlineData: { mimeType: 'image/png', data: 'AAAA' } },
        ],
        [{ inlineData: { mimeType: 'audio/wav', data: 'UklG' } }],
      ],
    ],
  ])('are the same however they come: %s', ([, parts, pieces]) => {
    expect(streamed(...pieces)).toEqual(plain(parts));
  });

  it('have ids of their own for calls without one, the same each time', () => {
    const call = { functionCall: { name: 'a' } };
    const ids = plain([call, call]).content.map((part) => (part.type === 'tool-call' ? part.id : ''));
    expect(ids).toEqual(['call_r1_0', 'call_r1_1']);
  });

  it('keep a signature that came with no words at all', () => {
    expect(streamed([{ text: '', thoughtSignature: 'c2ln' }]).content).toEqual([
      { type: 'reasoning', text: '', opaque: geminiState({ thoughtSignature: 'c2ln' }) },
    ]);
  });
});

describe('citations', () => {
  const web = (uri: string) => ({ web: { uri, title: uri } });
  const found = (...supports: readonly JsonObject[]) => ({
    groundingMetadata: {
      groundingChunks: [web('a'), {}, { retrievedContext: { uri: 'b', text: 'q' } }],
      groundingSupports: supports,
    },
  });
  const cited = (result: ChatResult) =>
    result.content.flatMap((part) => (part.type === 'text' ? [part.citations] : []));

  it('stand in characters where the wire counts bytes', () => {
    const support = { segment: { startIndex: 3, endIndex: 8 }, groundingChunkIndices: [0, 1, 2, 9] };
    expect(cited(plain([{ text: '€ – x' }], found(support)))).toEqual([
      [
        { url: 'a', title: 'a', range: [1, 4] },
        { url: 'b', citedText: 'q', range: [1, 4] },
      ],
    ]);
  });

  it('belong to the part that they name, or to the first text', () => {
    const at = (partIndex: number) => ({ segment: { partIndex, endIndex: 1 }, groundingChunkIndices: [0] });
    const parts = [{ text: 'Hm', thought: true }, { text: 'one' }, { text: 'two' }];
    expect(cited(plain(parts, found(at(0), at(2))))).toEqual([
      [{ url: 'a', title: 'a', range: [0, 1] }],
      [{ url: 'a', title: 'a', range: [0, 1] }],
    ]);
  });

  it.for<JsonObject>([{ endIndex: 99 }, { startIndex: 2, endIndex: 1 }, {}])(
    'have no place where it is none: %j',
    (segment) => {
      expect(cited(plain([{ text: 'one' }], found({ segment, groundingChunkIndices: [0] })))).toEqual([
        [{ url: 'a', title: 'a' }],
      ]);
    },
  );

  it('are all that was found where nothing says what for', () => {
    expect(cited(plain([{ text: 'one' }], found()))).toEqual([
      [
        { url: 'a', title: 'a' },
        { url: 'b', citedText: 'q' },
      ],
    ]);
  });

  it('are also of what the model recites', () => {
    const citationMetadata = { citations: [{ endIndex: 3, uri: 'c', license: 'mit' }, 7] };
    expect(cited(plain([{ text: 'one' }], { citationMetadata }))).toEqual([[{ url: 'c', range: [0, 3] }]]);
  });

  it('are counted from the beginning of all text where the model recites', () => {
    const recited = [
      { startIndex: 4, endIndex: 7, uri: 'c' },
      { endIndex: 3, uri: 'd' },
    ];
    const parts = [{ text: '€' }, { functionCall: { name: 'f' } }, { text: 'a€x' }];
    const citationMetadata = { citations: recited };
    expect(cited(plain(parts, { citationMetadata }))).toEqual([
      [{ url: 'd', range: [0, 1] }],
      [{ url: 'c', range: [1, 2] }],
    ]);
    const events = stream(...parts.map((part) => candidate([part])), {
      ...candidate([], { citationMetadata, finishReason: 'STOP' }),
    });
    expect(events.flatMap((event) => (event.type === 'citation' ? [event.citation] : []))).toEqual([
      { url: 'c', range: [1, 2] },
      { url: 'd' },
    ]);
  });

  it('come before the end of the text that they are of, whenever they came', () => {
    const events = stream(candidate([{ text: 'one' }]), candidate([{ text: '', thoughtSignature: 'c2ln' }]), {
      ...candidate([], { ...found({ segment: { endIndex: 3 }, groundingChunkIndices: [0] }), finishReason: 'STOP' }),
    });
    expect(events.map(({ type }) => type)).toEqual(['start', 'text-delta', 'citation', 'part-end', 'finish']);
  });

  it('are none of an answer without text', () => {
    expect(plain([{ functionCall: { name: 'f' } }], found()).content).toHaveLength(1);
  });
});

describe('log probabilities', () => {
  const logprobsResult = {
    chosenCandidates: [{ token: 'Hi', logProbability: -0.5 }],
    topCandidates: [{ candidates: [{ token: 'Hi', logProbability: -0.5 }] }],
  };
  const logprobs = [{ token: 'Hi', logprob: -0.5, top: [{ token: 'Hi', logprob: -0.5 }] }];

  it('belong to the answer, or to the piece that brought them', () => {
    const piece = candidate([{ text: 'H' }, { text: 'i' }], { logprobsResult });
    expect([plain([{ text: 'Hi' }], { logprobsResult }).logprobs, foldEvents(stream(piece, END)).logprobs]).toEqual([
      logprobs,
      logprobs,
    ]);
  });
});

describe('a stream', () => {
  const codeOf = (run: () => unknown) => {
    try {
      return run();
    } catch (error) {
      return (error as { readonly code?: string }).code;
    }
  };

  it.for<readonly [string, readonly object[], string]>([
    ['that nobody ended', [candidate([{ text: 'Hi' }])], 'upstream_truncated'],
    ['of nothing', [], 'upstream_truncated'],
    [
      'with an error',
      [candidate([{ text: 'Hi' }]), { error: { code: 429, status: 'RESOURCE_EXHAUSTED' } }],
      'upstream_rate_limited',
    ],
    ['that broke', [candidate([], { finishReason: 'UNEXPECTED_TOOL_CALL' })], 'upstream_invalid_response'],
    [
      'of arguments in pieces',
      [candidate([{ functionCall: { name: 'f', willContinue: true } }])],
      'upstream_invalid_response',
    ],
  ])('%s fails', ([, chunks, code]) => expect(codeOf(() => stream(...chunks))).toBe(code));

  it('tells usage as soon as there is some, and keeps what a later frame leaves out', () => {
    const events = stream(
      { ...candidate([{ text: 'Hi' }]), usageMetadata: { trafficType: 'ON_DEMAND' } },
      { ...candidate([]), usageMetadata: { promptTokenCount: 5, cachedContentTokenCount: 2 } },
      { ...END, usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 1, serviceTier: 'flex' } },
    );
    expect(events.filter(({ type }) => type === 'usage' || type === 'finish')).toEqual([
      { type: 'usage', usage: { inputTokens: 5, outputTokens: 0, cachedInputTokens: 2 } },
      { type: 'usage', usage: { inputTokens: 5, outputTokens: 1, cachedInputTokens: 2 } },
      { type: 'finish', finish: { unified: 'stop', raw: 'STOP' }, serviceTier: 'flex' },
    ]);
  });

  it('tells of the first candidate alone', () => {
    const other = {
      ...candidate([]),
      candidates: [{ index: 1, content: { parts: [{ text: 'Other' }] }, finishReason: 'STOP' }],
    };
    expect(foldEvents(stream(candidate([{ text: 'Hi' }], { index: 0 }), other, END)).content).toEqual([
      { type: 'text', text: 'Hi' },
    ]);
  });

  it('passes over empty events', () => {
    const decoder = createAnswerDecoder();
    expect(decoder.push({ data: '' })).toEqual([]);
  });
});
