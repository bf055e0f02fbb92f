import type { AssistantPart, ChatEvent, ChatResult, JsonObject } from '@sluice/contract';
import { gatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { toCamelCase } from './camel-case.js';
import { geminiGenerate, geminiStreamGenerate } from './generate.js';

const CONTEXT = { requestId: 'r', answerId: 'a', createdSeconds: 7, wantsUsage: true };
const LIST = 'application/json; charset=utf-8';
const address = { headers: {}, params: { model: 'm' } };
const HI = { role: 'user', parts: [{ text: 'Hi' }] };

interface Wire {
  readonly candidates?: readonly {
    readonly content: { readonly parts: readonly JsonObject[] };
    readonly citationMetadata?: object;
  }[];
  readonly promptFeedback?: object;
}

const written = (result: Partial<ChatResult>): Wire =>
  JSON.parse(
    geminiGenerate.writeResult({ id: 'i', model: 'm', content: [], finish: { unified: 'stop' }, ...result }, CONTEXT),
  ) as Wire;

const events: readonly ChatEvent[] = [
  { type: 'start', id: 'i', model: 'm' },
  { type: 'text-delta', index: 0, text: 'Hel' },
  { type: 'text-delta', index: 0, text: 'lo' },
  { type: 'citation', index: 0, citation: { url: 'https://a.example', title: 'A', range: [0, 5] } },
  { type: 'part-end', index: 0 },
  { type: 'finish', finish: { unified: 'stop' } },
];

function stream(given: readonly ChatEvent[], streamType?: string): string {
  const writer = geminiStreamGenerate.stream?.open({ ...CONTEXT, streamType });
  return given.map((event) => writer?.write(event)).join('');
}

/** The model's turn that a client sends back which got these parts. */
function sentBack(parts: readonly JsonObject[]): unknown {
  return geminiGenerate.parse({ contents: [HI, { role: 'model', parts }] }, address).toRequest().messages[1]?.content;
}

describe('an answer that a client sends back', () => {
  const opaque = { kind: 'anthropic-messages', data: { signature: 'c2ln' } };
  it.for<[string, readonly AssistantPart[]]>([
    ['reasoning', [{ type: 'reasoning', text: 'hm', opaque }]],
    ['reasoning without words', [{ type: 'reasoning', text: '', opaque }]],
    ['text', [{ type: 'text', text: 'Hi', opaque }]],
    ['a call', [{ type: 'tool-call', id: 'c', name: 'look', json: '{"a":1}', opaque }]],
    ["another vendor's part", [{ type: 'vendor', state: opaque }]],
  ])('is the same again: %s', ([, content]) => {
    expect(sentBack(written({ content }).candidates?.[0]?.content.parts ?? [])).toEqual(content);
  });

  it('joins the words of a stream to the state that came behind them', () => {
    const text = stream(
      [
        { type: 'start', id: 'i', model: 'm' },
        { type: 'reasoning-delta', index: 0, text: 'h' },
        { type: 'reasoning-delta', index: 0, text: 'm' },
        { type: 'part-end', index: 0, opaque },
      ],
      LIST,
    );
    const chunks = JSON.parse(`${text}]`) as readonly Wire[];
    const parts = chunks.flatMap(({ candidates }) => candidates?.[0]?.content.parts ?? []);
    expect(sentBack(parts)).toEqual([{ type: 'reasoning', text: 'hm', opaque }]);
  });
});

describe('a stream as one list', () => {
  it('is the list of what the events would have been', () => {
    const asEvents = stream(events)
      .split('\n\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text.slice(6)) as unknown);
    expect(JSON.parse(stream(events, LIST))).toEqual(asEvents);
  });

  it('is no list when it fails', () => {
    const error = gatewayError('upstream_truncated');
    const text =
      stream(events.slice(0, 3), LIST) +
      geminiStreamGenerate.writeStreamError(error, { requestId: 'r', streamType: LIST });
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    expect(JSON.parse(`${text}]`)).toMatchObject([{}, {}, { error: { code: 502, status: 'UNAVAILABLE' } }]);
  });

  it('never passes through, while server-sent events do', () => {
    const parse = (alt: string) => {
      const query = new URLSearchParams({ alt });
      const { passes, streamType } = geminiStreamGenerate.parse({ contents: [HI] }, { ...address, query });
      return [passes, streamType];
    };
    expect([parse('json'), parse('sse')]).toEqual([
      [false, LIST],
      [undefined, undefined],
    ]);
  });
});

describe('an answer', () => {
  it('tells where it took something from', () => {
    const citation = { url: 'https://a.example', title: 'A', range: [0, 5] } as const;
    const content = [{ type: 'text', text: 'Hello', citations: [citation] } as const];
    expect(written({ content }).candidates?.[0]?.citationMetadata).toEqual({
      citations: [{ startIndex: 0, endIndex: 5, uri: 'https://a.example', title: 'A' }],
    });
  });

  it('has no candidate where the prompt was blocked', () => {
    const promptFeedback = { blockReason: 'SAFETY' };
    const finish = {
      unified: 'content-filter',
      raw: 'SAFETY',
      opaque: { kind: 'gemini-generate', data: { promptFeedback } },
    } as const;
    expect(written({ finish })).toEqual({ promptFeedback, modelVersion: 'm', responseId: 'a' });
  });
});

describe('an error', () => {
  it('has the status, the field and the wait in the words of Google', () => {
    const error = gatewayError('rate_limit_exceeded', {
      message: 'Slow.',
      details: { retryAfterMs: 1_200, param: 'contents' },
    });
    const { status, headers, body } = geminiGenerate.writeError(error, { requestId: 'r' });
    expect([status, headers['retry-after'], JSON.parse(body)]).toEqual([
      429,
      '2',
      {
        error: {
          code: 429,
          message: 'Slow.',
          status: 'RESOURCE_EXHAUSTED',
          details: [
            { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'rate_limit_exceeded', domain: 'sluice' },
            {
              '@type': 'type.googleapis.com/google.rpc.BadRequest',
              fieldViolations: [{ field: 'contents', description: 'Slow.' }],
            },
            { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '2s' },
          ],
        },
      },
    ]);
  });
});

describe('a request', () => {
  const refusal = (body: object, params: Readonly<Record<string, string>> = { model: 'm' }): unknown => {
    try {
      geminiGenerate.parse(body, { headers: {}, params }).toRequest();
    } catch (error) {
      return (error as { readonly details: { readonly param?: string } }).details.param;
    }
    return 'accepted';
  };

  it.for<[string, object, string]>([
    [
      'a result without a call',
      { contents: [{ parts: [{ functionResponse: { name: 'a', response: {} } }] }] },
      'contents[0].parts[0]',
    ],
    [
      'an image among the instructions',
      { contents: [HI], systemInstruction: { parts: [{ inlineData: { mimeType: 'image/png', data: '' } }] } },
      'systemInstruction.parts[0]',
    ],
    [
      'a temperature out of range',
      { contents: [HI], generationConfig: { temperature: 3 } },
      'generationConfig.temperature',
    ],
    ['no contents', {}, 'contents'],
  ])('is refused for %s', ([, body, param]) => {
    expect(refusal(body)).toBe(param);
  });

  it.for(['', 'a\nb', 'x'.repeat(257)])('is refused for the model %j', (model) => {
    expect(refusal({ contents: [HI] }, { model })).toBe('model');
  });

  it('takes the name of a model with or without its kind', () => {
    const names = ['m', 'models/m'].map(
      (model) => geminiGenerate.parse({ contents: [HI] }, { headers: {}, params: { model } }).model,
    );
    expect(names).toEqual(['m', 'm']);
  });

  it.for<[object, object | undefined]>([
    [{ thinkingLevel: 'LOW' }, { effort: 'low' }],
    [{ thinkingBudget: 0 }, { effort: 'none' }],
    [{ thinkingBudget: -1, includeThoughts: false }, { summary: 'none' }],
    [{ x: 1 }, { opaque: { kind: 'gemini-generate', data: { x: 1 } } }],
  ])('that says %j of thinking asks for %j', ([thinkingConfig, reasoning]) => {
    const body = { contents: [HI], generationConfig: { thinkingConfig } };
    expect(geminiGenerate.parse(body, address).toRequest().reasoning).toEqual(reasoning);
  });

  it.for<[object, unknown]>([
    [{ responseMimeType: 'application/json' }, { type: 'json' }],
    [{ responseMimeType: 'text/plain' }, undefined],
    [
      { responseMimeType: 'application/json', responseJsonSchema: { type: 'array' } },
      { type: 'json-schema', name: 'response', schema: { type: 'array' } },
    ],
  ])('that says %j wants the format %j', ([generationConfig, format]) => {
    expect(geminiGenerate.parse({ contents: [HI], generationConfig }, address).toRequest().responseFormat).toEqual(
      format,
    );
  });

  it('lists what only Google has a form for', () => {
    const body = {
      contents: [HI],
      cachedContent: 'cachedContents/a',
      generationConfig: { candidateCount: 2, responseMimeType: 'text/x.enum' },
      toolConfig: { functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['a', 'b'] } },
    };
    const { extensions } = geminiGenerate.parse(body, address).toRequest();
    expect(Object.keys(extensions?.fields ?? {})).toEqual([
      'cachedContent',
      'generationConfig.candidateCount',
      'generationConfig.responseMimeType',
      'toolConfig',
    ]);
  });
});

describe('names with underscores', () => {
  it('are read as what they stand for, but not inside what is the caller’s own', () => {
    const body = { system_instruction: { a_b: [{ c_d: 1 }] }, args: { e_f: 1 }, labels: { g_h: 1 }, snake_: 1 };
    expect(toCamelCase(body)).toEqual({
      systemInstruction: { aB: [{ cD: 1 }] },
      args: { e_f: 1 },
      labels: { g_h: 1 },
      snake_: 1,
    });
  });

  it.each([
    { topK: 1, top_k: 2 },
    { top_k: 2, topK: 1 },
    { contents: [{ fileData: { fileUri: 'https://a.example/x' }, file_data: { file_uri: 'http://127.0.0.1/' } }] },
    { file_data: { file_uri: 1 }, fileData: { fileUri: 1 } },
  ])('are refused beside the other spelling: %j', (body) => {
    expect(() => toCamelCase(body)).toThrow(expect.objectContaining({ code: 'duplicate_key' }) as Error);
  });

  it('leave a body alone that has none', () => {
    const body = { contents: [{ parts: [{ text: 'a_b' }] }] };
    expect(toCamelCase(body)).toBe(body);
  });
});

it('streams calls that interleave in the order of their beginnings, each with its state', () => {
  const opaque = { kind: 'gemini-generate', data: { thoughtSignature: 'c2ln' } };
  const text = stream([
    { type: 'start', id: 'i', model: 'm' },
    { type: 'tool-start', index: 0, id: 'a', name: 'first', opaque },
    { type: 'tool-start', index: 1, id: 'b', name: 'second' },
    { type: 'tool-delta', index: 1, json: '{}' },
    { type: 'part-end', index: 1 },
    { type: 'tool-delta', index: 0, json: '{"id":12345678901234567890}' },
    { type: 'part-end', index: 0 },
    { type: 'finish', finish: { unified: 'tool-calls' } },
  ]);
  const parts = [...text.matchAll(/"parts":(\[.*?\]),"role"/g)].map(([, part]) => part);
  expect(parts).toEqual([
    '[{"functionCall":{"id":"a","name":"first","args":{"id":12345678901234567890}},"thoughtSignature":"c2ln"}]',
    '[{"functionCall":{"id":"b","name":"second","args":{}}}]',
    '[]',
  ]);
});
