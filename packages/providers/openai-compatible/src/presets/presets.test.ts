import type { ChatRequest, JsonObject, RawCall, Target } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { PRESETS, PRESET_NAMES } from './presets.js';
import type { PresetName } from './presets.js';
import { openAiCompatible } from '../index.js';

const secret = (): Promise<string> => Promise.resolve('k');
const create = (preset: PresetName, more: JsonObject = {}) =>
  openAiCompatible.create(openAiCompatible.settings.parse({ kind: 'openai-compatible', preset, ...more }), { secret });
const at = (preset: PresetName) => create(preset, PRESETS[preset].baseUrl ? {} : { baseUrl: 'http://127.0.0.1:1/v1' });
const ask: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], stream: false };

function encode(preset: PresetName, request: Partial<ChatRequest>) {
  const { operations, baseUrl } = at(preset);
  const { request: sent, adjustments } = operations.chat.encode(
    { ...ask, ...request },
    { provider: 'p', model: 'm', baseUrl },
  );
  const { messages, ...fields } = JSON.parse(String(sent.body)) as JsonObject & {
    readonly messages: readonly JsonObject[];
  };
  return { url: sent.url.href, fields, messages, lost: adjustments.map(({ parameter }) => parameter) };
}

/** Whether a request in the dialect reaches the server as it came. */
function passes(preset: PresetName, more: JsonObject): boolean {
  const { operations, baseUrl } = at(preset);
  const wire = { model: 'm', messages: [{ role: 'user', content: 'hi' }], ...more };
  const call: RawCall = { body: new Uint8Array(), wire, stream: false, wantsUsage: true, headers: {} };
  const through = operations.chat.passthroughs?.find(({ dialect }) => dialect === 'openai-chat');
  return through?.takes?.(call, { provider: 'p', model: 'm', baseUrl }) ?? false;
}

describe.for(PRESET_NAMES)('the preset %s', (name) => {
  const { baseUrl, keyVariable, rules } = PRESETS[name];

  it('leads to its own address, or asks for one', () => {
    const without = openAiCompatible.settings.safeParse({ kind: 'openai-compatible', preset: name });
    expect([without.success, encode(name, {}).url]).toEqual([
      baseUrl !== undefined,
      `${baseUrl ?? 'http://127.0.0.1:1/v1'}/chat/completions`,
    ]);
  });

  it('may be at another address', () => {
    expect(create(name, { baseUrl: 'https://proxy.example/x' }).baseUrl.href).toBe('https://proxy.example/x');
  });

  it('looks for its key in a variable of its own, if anywhere', () => {
    const others = PRESET_NAMES.filter((other) => other !== name && PRESETS[other].keyVariable !== undefined);
    expect(others.map((other) => PRESETS[other].keyVariable)).not.toContain(keyVariable ?? 'none');
  });

  it('takes a plain request as it came, unless its answers are of another form', () => {
    expect(passes(name, { temperature: 0.5, max_tokens: 5, x_future: 1 })).toBe(rules.passes !== false);
  });

  it('is sent nothing that it refuses', () => {
    const { fields } = encode(name, {
      seed: 1,
      user: 'u',
      serviceTier: 'flex',
      verbosity: 'low',
      logprobs: { top: 2 },
    });
    expect(Object.keys(fields).filter((field) => rules.refused?.includes(field))).toEqual([]);
  });

  it('lists models and embeds only where it does', () => {
    const { models, operations } = at(name);
    expect([models !== undefined, operations.embed !== undefined]).toEqual([
      rules.models !== false,
      rules.embeddings !== false,
    ]);
  });
});

describe('the wish to reason', () => {
  it.for<readonly [PresetName, ChatRequest['reasoning'], JsonObject]>([
    ['together', { effort: 'none' }, { reasoning: { enabled: false } }],
    ['together', { effort: 'high' }, { reasoning: { enabled: true }, reasoning_effort: 'high' }],
    ['fireworks', { budgetTokens: 900 }, { thinking: { type: 'enabled', budget_tokens: 900 } }],
    ['moonshot', { effort: 'none' }, { thinking: { type: 'disabled' } }],
    ['zai', { effort: 'medium' }, { thinking: { type: 'enabled' }, reasoning_effort: 'high' }],
    ['alibaba', { budgetTokens: 900 }, { enable_thinking: true, thinking_budget: 900 }],
    ['siliconflow', { effort: 'none' }, { enable_thinking: false }],
    ['minimax', { effort: 'low' }, { thinking: { type: 'adaptive' }, reasoning_split: true }],
    ['vllm', { effort: 'none' }, { chat_template_kwargs: { enable_thinking: false }, reasoning_effort: 'none' }],
    ['ark', { effort: 'none' }, { thinking: { type: 'disabled' } }],
  ])('of %s is told as it is there', ([name, reasoning, fields]) => {
    expect(encode(name, reasoning ? { reasoning } : {}).fields).toMatchObject(fields);
  });
});

describe('what is written anew', () => {
  const call = { role: 'assistant', content: null, tool_calls: [{ id: 'a', type: 'function', function: {} }] };

  it.for<readonly [PresetName, JsonObject, boolean]>([
    ['deepinfra', { tool_choice: 'required' }, false],
    ['deepinfra', { tool_choice: 'auto' }, true],
    ['zai', { response_format: { type: 'json_schema' } }, false],
    ['zai', { response_format: { type: 'json_object' } }, true],
    ['lmstudio', { response_format: { type: 'json_object' } }, false],
    ['lmstudio', { response_format: { type: 'json_schema' } }, true],
    ['cerebras', { reasoning_effort: 'xhigh' }, false],
    ['cerebras', { reasoning_effort: 'low' }, true],
    ['cerebras', { messages: [{ role: 'assistant', content: 'a', refusal: null }] }, false],
    ['moonshot', { messages: [call] }, false],
    ['moonshot', { messages: [{ ...call, reasoning_content: 'x' }] }, true],
    [
      'perplexity',
      {
        messages: [
          { role: 'user', content: 'a' },
          { role: 'user', content: 'b' },
        ],
      },
      false,
    ],
    ['perplexity', { messages: [{ role: 'user', content: [{ type: 'file', file: {} }] }] }, false],
    ['perplexity', { stream_options: { include_usage: true } }, false],
    ['sambanova', { stream_options: { include_usage: true } }, true],
    ['together', {}, false],
    ['novita', { max_completion_tokens: 5 }, false],
    ['novita', { n: 2 }, true],
    ['hyperbolic', { logprobs: true }, false],
  ])('for %s with %j: passes %s', ([name, wire, passed]) => expect(passes(name, wire)).toBe(passed));

  it('for Z.ai has its schema in words, and no choice among tools', () => {
    const tools = [{ name: 'f', schema: {} }];
    const responseFormat = { type: 'json-schema', name: 'a', schema: { type: 'object' } } as const;
    const { fields, messages, lost } = encode('zai', { responseFormat, tools, toolChoice: { type: 'none' } });
    expect([fields['response_format'], fields['tools'], messages[0]?.['content'], lost]).toEqual([
      { type: 'json_object' },
      undefined,
      'Answer in JSON that follows this schema:\n{"type":"object"}',
      ['response_format', 'tool_choice'],
    ]);
  });

  it('for LM Studio asks for an object by a schema', () => {
    expect(encode('lmstudio', { responseFormat: { type: 'json' } }).fields).toMatchObject({
      response_format: { type: 'json_schema', json_schema: { schema: { type: 'object' } } },
    });
  });

  it('for Moonshot has some reasoning where tools were called', () => {
    const messages = [
      { role: 'assistant', content: [{ type: 'tool-call', id: 'a', name: 'f', json: '{}' }] },
      { role: 'assistant', content: [{ type: 'text', text: 'a' }] },
    ] as const;
    const [first, second] = encode('moonshot', { messages }).messages;
    expect([first?.['reasoning_content'], second]).toEqual([' ', { role: 'assistant', content: 'a', partial: true }]);
  });

  it('for Perplexity has turns that alternate, and documents by their address', () => {
    const messages = [
      { role: 'user', content: [{ type: 'text', text: 'a' }] },
      {
        role: 'user',
        content: [{ type: 'file', source: { kind: 'url', url: 'https://a/b.pdf' }, filename: 'b.pdf' }],
      },
    ] as const;
    const { messages: sent, lost } = encode('perplexity', { messages });
    expect([sent, lost]).toEqual([
      [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'a' },
            { type: 'file_url', file_url: { url: 'https://a/b.pdf' }, file_name: 'b.pdf' },
          ],
        },
      ],
      ['messages'],
    ]);
  });

  it('for MiniMax brings its own reasoning back as it came', () => {
    const detail = { type: 'reasoning.text', id: 'reasoning-text-1', format: 'MiniMax-response-v1' };
    const opaque = { kind: 'openai-chat', data: { detail } };
    const content = [
      { type: 'reasoning', text: 'hm', opaque },
      { type: 'text', text: 'a' },
    ] as const;
    expect(encode('minimax', { messages: [{ role: 'assistant', content }] }).messages[0]).toMatchObject({
      content: 'a',
      reasoning_details: [{ ...detail, text: 'hm', index: 0 }],
    });
  });
});

describe('an answer that was begun', () => {
  const begun: Partial<ChatRequest> = {
    messages: [...ask.messages, { role: 'assistant', content: [{ type: 'text', text: 'H' }] }],
  };
  const facts = { modes: ['chat'], efforts: [], prices: [] } as const;
  const NONE = new Set<never>();
  const goesOn = (preset: PresetName, more: Partial<Target> = {}): boolean => {
    const { operations, baseUrl } = at(preset);
    return operations.chat.prefill?.({ provider: 'p', model: 'm', baseUrl, ...more }) !== undefined;
  };

  it.for<readonly [PresetName, JsonObject]>([
    ['vllm', { continue_final_message: true, add_generation_prompt: false }],
    ['sglang', { continue_final_message: true }],
  ])('is gone on with by %s where it is told to', ([preset, fields]) => {
    expect(encode(preset, begun).fields).toMatchObject(fields);
    expect(Object.keys(encode(preset, {}).fields)).not.toContain('continue_final_message');
    expect(goesOn(preset)).toBe(true);
  });

  it.for<readonly [PresetName, boolean]>([
    ['moonshot', true],
    ['llamacpp', true],
    ['tgi', false],
    ['together', false],
  ])('is known to be gone on with by %s: %s', ([preset, expected]) => expect(goesOn(preset)).toBe(expected));

  it('is gone on with by the models of which the catalogue says so', () => {
    const can = { ...facts, can: new Set(['prefill'] as const), cannot: NONE };
    const cannot = { ...facts, can: NONE, cannot: new Set(['prefill'] as const) };
    expect([goesOn('together', { facts: can }), goesOn('vllm', { facts: cannot })]).toEqual([true, false]);
  });
});
