import type { ChatRequest, JsonObject, Message } from '@sluice/contract';
import { geminiState } from '@sluice/toolkit/gemini-wire';
import { describe, expect, it } from 'vitest';
import type { GeminiApi } from '../api.js';
import { toMethodUrl } from '../url.js';
import { encodeBody } from './encode.js';

const DEVELOPER: GeminiApi = { platform: 'developer', headers: {}, url: toMethodUrl };
const VERTEX: GeminiApi = { ...DEVELOPER, platform: 'vertex' };
const HI: Message = { role: 'user', content: [{ type: 'text', text: 'Hi.' }] };

function encode(more: Partial<ChatRequest>, model = 'gemini-3.7-flash', api = DEVELOPER) {
  const request = { messages: [HI], stream: false, ...more };
  const { body, adjustments } = encodeBody(request, { provider: 'g', model, baseUrl: new URL('http://a') }, api);
  return { body, config: body.generationConfig as JsonObject | undefined, adjustments };
}
const lost = (...names: readonly string[]) => names.map((parameter) => ({ parameter, action: 'dropped' }));

describe('functions and schemas', () => {
  const tools = [{ name: 'now', schema: {} }];
  const schema = { type: 'json-schema', name: 'x', schema: { type: 'object' } } as const;

  it.for<readonly [string, Partial<ChatRequest>, boolean, boolean]>([
    ['gemini-3.7-flash', { tools }, true, true],
    ['gemini-3.7-flash', { tools, toolChoice: { type: 'required' } }, true, false],
    ['gemini-2.5-flash', { tools }, true, false],
    ['gemini-2.5-flash', { tools, toolChoice: { type: 'none' } }, false, true],
    ['gemini-2.5-flash', {}, false, true],
  ])('of %s with %j: functions %s, schema %s', ([model, more, hasTools, hasSchema]) => {
    const { body, config, adjustments } = encode({ responseFormat: schema, ...more }, model);
    expect([body.tools !== undefined, config?.responseJsonSchema !== undefined, adjustments]).toEqual([
      hasTools,
      hasSchema,
      hasSchema ? [] : lost('response_format'),
    ]);
  });

  it.for<readonly [Partial<ChatRequest>, JsonObject | undefined]>([
    [{ toolChoice: { type: 'tool', name: 'now' } }, { mode: 'ANY', allowedFunctionNames: ['now'] }],
    [{ toolChoice: { type: 'none' } }, { mode: 'NONE' }],
    [{}, undefined],
  ])('are chosen among by %j', ([more, calling]) => {
    const { toolConfig } = encode({ tools, ...more }).body;
    expect(toolConfig).toEqual(calling && { functionCallingConfig: calling });
  });

  it('have nothing to choose from where there are none', () => {
    const { body, adjustments } = encode({ toolChoice: { type: 'required' } });
    expect([body.toolConfig, adjustments]).toEqual([undefined, lost('tool_choice')]);
  });

  it('keep what the caller says beside the choice', () => {
    const fields = {
      toolConfig: {
        retrievalConfig: { languageCode: 'de' },
        functionCallingConfig: { allowedFunctionNames: ['a', 'b'] },
      },
    };
    const extensions = { dialect: 'gemini-generate', fields };
    expect(encode({ extensions }).body.toolConfig).toEqual(fields.toolConfig);
    expect(encode({ tools, toolChoice: { type: 'required' }, extensions }).body.toolConfig).toEqual({
      retrievalConfig: { languageCode: 'de' },
      functionCallingConfig: { mode: 'ANY', allowedFunctionNames: ['a', 'b'] },
    });
  });
});

describe('what the caller\u2019s own dialect adds', () => {
  it('goes along, below what the gateway knows', () => {
    const fields = {
      safetySettings: [],
      generationConfig: { topK: 1 },
      'generationConfig.mediaResolution': 'LOW',
      'a.b': 1,
    };
    const { body, adjustments } = encode({ topK: 2, extensions: { dialect: 'gemini-generate', fields } });
    expect([body.safetySettings, body.generationConfig, adjustments]).toEqual([
      [],
      { mediaResolution: 'LOW', topK: 2 },
      lost('a.b'),
    ]);
  });
});

describe('a conversation', () => {
  const call = (id: string, opaque?: ReturnType<typeof geminiState>): Message => ({
    role: 'assistant',
    content: [{ type: 'tool-call', id, name: `f_${id}`, json: '{}', ...(opaque ? { opaque } : {}) }],
  });
  const result = (callId: string): Message => ({ role: 'tool', callId, content: [{ type: 'text', text: callId }] });
  const contents = (messages: readonly Message[], model?: string, api?: GeminiApi) =>
    encode({ messages }, model, api).body.contents as readonly { role: string; parts: readonly JsonObject[] }[];

  it('joins what one side says in a row', () => {
    const said: Message = { role: 'assistant', content: [{ type: 'text', text: 'A' }] };
    expect(contents([HI, HI, said, said]).map(({ role, parts }) => [role, parts.length])).toEqual([
      ['user', 2],
      ['model', 2],
    ]);
  });

  it('has the results of calls right behind them, whatever came between', () => {
    const roles = contents([HI, call('a'), HI, result('a')]).map(({ parts }) => Object.keys(parts[0] ?? {})[0]);
    expect(roles).toEqual(['text', 'functionCall', 'functionResponse', 'text']);
  });

  it('has the results in the order of the calls, without ids where the platform takes none', () => {
    const messages = [HI, call('a'), call('b'), result('b'), result('a')];
    expect(contents(messages, 'gemini-2.5-flash', VERTEX).slice(1)).toEqual([
      {
        role: 'model',
        parts: [{ functionCall: { name: 'f_a', args: {} } }, { functionCall: { name: 'f_b', args: {} } }],
      },
      {
        role: 'user',
        parts: [
          { functionResponse: { name: 'f_a', response: { output: 'a' } } },
          { functionResponse: { name: 'f_b', response: { output: 'b' } } },
        ],
      },
    ]);
  });

  it('goes by the latest call where an id comes twice', () => {
    const again: Message = { role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'other', json: '{}' }] };
    const last = contents([HI, call('a'), result('a'), again, result('a')]).at(-1);
    expect(last?.parts[0]).toMatchObject({ functionResponse: { name: 'other' } });
  });

  it('is refused with a result that nobody asked for', () => {
    expect(() => contents([HI, result('a')])).toThrow(/a call that is not in the conversation/);
  });

  it.for<readonly [string, readonly Message[], readonly (string | undefined)[], boolean]>([
    ['made elsewhere', [HI, call('a'), result('a')], ['skip_thought_signature_validator'], true],
    ['of this vendor', [HI, call('a', geminiState({ thoughtSignature: 'c2ln' })), result('a')], ['c2ln'], false],
    [
      'made together',
      [HI, call('a'), call('b'), result('a'), result('b')],
      ['skip_thought_signature_validator', undefined],
      true,
    ],
    ['of an earlier turn', [HI, call('a'), result('a'), HI], [undefined], false],
  ])('signs a call %s', ([, messages, signatures, told]) => {
    const { body, adjustments } = encode({ messages });
    const calls = (body.contents as readonly { parts: readonly JsonObject[] }[])
      .flatMap(({ parts }) => parts)
      .filter((part) => part.functionCall !== undefined);
    expect([calls.map((part) => part.thoughtSignature), adjustments.length > 0]).toEqual([signatures, told]);
  });

  it('signs nothing for a model that asks for nothing', () => {
    expect(encode({ messages: [HI, call('a'), result('a')] }, 'gemini-2.5-flash').adjustments).toEqual([]);
  });

  it('sends its reasoning back where this vendor signed it', () => {
    const said: Message = {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'Hm', opaque: geminiState({ thoughtSignature: 'c2ln' }) },
        { type: 'reasoning', text: '', opaque: geminiState({ thoughtSignature: 'eA==' }) },
        { type: 'refusal', text: 'No.' },
      ],
    };
    expect(contents([HI, said])[1]?.parts).toEqual([
      { text: 'Hm', thought: true, thoughtSignature: 'c2ln' },
      { text: '', thoughtSignature: 'eA==' },
      { text: 'No.' },
    ]);
  });

  it.for(['user', 'assistant'] as const)(
    'is refused where the %s says what only another vendor understands',
    (role) => {
      const content = [{ type: 'vendor', state: { kind: 'anthropic-messages', data: {} } }] as const;
      const refused = expect.objectContaining({ code: 'invalid_value' }) as Error;
      expect(() => encode({ messages: [HI, { role, content }, HI] })).toThrow(refused);
    },
  );

  it('tells its instructions first to a model that has no place for them', () => {
    const system: Message = { role: 'system', content: [{ type: 'text', text: 'Be kind.' }] };
    const { body, adjustments } = encode({ messages: [system, HI] }, 'gemma-3-27b-it');
    expect([body, adjustments]).toEqual([
      { contents: [{ role: 'user', parts: [{ text: 'Be kind.' }, { text: 'Hi.' }] }] },
      [{ parameter: 'system', action: 'emulated' }],
    ]);
    expect(encode({ messages: [system] }, 'gemma-3-27b-it').body).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Be kind.' }] }],
    });
  });
});

describe('Vertex AI', () => {
  it('takes penalties always, and a tier never', () => {
    const more = { frequencyPenalty: 1, presencePenalty: 1, serviceTier: 'flex' };
    const { body, adjustments } = encode(more, 'gemini-2.5-flash', VERTEX);
    expect([body.generationConfig, body.serviceTier, adjustments]).toEqual([
      { frequencyPenalty: 1, presencePenalty: 1 },
      undefined,
      lost('service_tier'),
    ]);
  });
});

describe('numbers', () => {
  it.for<readonly [number, number, boolean]>([
    [7, 7, false],
    [-1, -1, false],
    [2 ** 31, -(2 ** 31), true],
    [2 ** 40 + 5, 5, true],
  ])('the seed %i is %i', ([seed, sent, changed]) => {
    const { config, adjustments } = encode({ seed });
    expect([config?.seed, adjustments.length > 0]).toEqual([sent, changed]);
  });

  it.for<readonly [string, string | undefined, boolean]>([
    ['auto', undefined, false],
    ['default', 'standard', false],
    ['priority', 'priority', false],
    ['turbo', undefined, true],
  ])('the tier %s is %s', ([serviceTier, sent, told]) => {
    const { body, adjustments } = encode({ serviceTier });
    expect([body.serviceTier, adjustments.length > 0]).toEqual([sent, told]);
  });

  it('no alternatives are asked for where only the tokens are', () => {
    expect(encode({ logprobs: { top: 0 } }).config).toEqual({ responseLogprobs: true });
  });
});
