import type { Adjustment, AssistantPart, ChatRequest, JsonObject, Message, UserPart } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { encodeChat } from './encode.js';
import { COMPATIBLE } from '../rules.js';
import type { ServerRules } from '../rules.js';

const target = { provider: 'p', model: 'm', baseUrl: new URL('http://a/v1') };
const ask: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], stream: false };

/** The body for a server with these rules, and what of the request is lost or changed as `parameter=action`. */
function encode(request: Partial<ChatRequest>, rules: Partial<ServerRules> = {}, model = 'm') {
  const server = { rules: { ...COMPATIBLE, ...rules }, nameOf: (name: string) => name };
  const encoded = encodeChat({ ...ask, ...request }, { ...target, model }, server);
  const {
    messages,
    model: _,
    ...fields
  } = JSON.parse(encoded.body) as JsonObject & {
    readonly messages: readonly JsonObject[];
  };
  const written = ({ parameter, action }: Adjustment): string => `${parameter}=${action}`;
  return { fields, messages, losses: encoded.adjustments.map(written) };
}
const says = (...content: readonly UserPart[]): Partial<ChatRequest> => ({ messages: [{ role: 'user', content }] });
const answered = (...content: readonly AssistantPart[]): Partial<ChatRequest> => ({
  messages: [{ role: 'assistant', content }],
});

describe('the ids of tool calls', () => {
  const history = (id: string): Partial<ChatRequest> => ({
    messages: [
      { role: 'assistant', content: [{ type: 'tool-call', id, name: 'f', json: '{}' }] },
      { role: 'tool', callId: id, content: [{ type: 'text', text: 'x' }] },
    ],
  });
  const idsFor = (id: string) => {
    const [call, result] = encode(history(id), { toolIds: 'nine-alphanumeric' }).messages;
    const [first] = call?.['tool_calls'] as readonly JsonObject[];
    return [first?.['id'], result?.['tool_call_id']];
  };

  it.for(['call_abc', 'toolu_01A09q90qw90lq917835lq9', '', 'çé'])(
    '%j fits, and the result still finds its call',
    (id) => {
      const [call, result] = idsFor(id);
      expect([call, idsFor(id)[0]]).toEqual([result, call]);
      expect(call).toMatch(/^[a-zA-Z0-9]{9}$/);
    },
  );

  it('stays where it fits, and differs where ids do', () => {
    expect([idsFor('D681PevKs')[0], idsFor('call_1')[0] === idsFor('call_2')[0]]).toEqual(['D681PevKs', false]);
  });
});

describe('what a server cannot be shown', () => {
  it.for<readonly [UserPart, Partial<ServerRules>]>([
    [{ type: 'image', source: { kind: 'url', url: 'https://a' } }, { images: false }],
    [{ type: 'image', source: { kind: 'stored', state: { kind: 'x', data: 1 } } }, {}],
    [{ type: 'audio', format: 'wav', base64: '' }, { sounds: false }],
    [{ type: 'file', source: { kind: 'url', url: 'https://a' } }, { files: ['base64'] }],
    [{ type: 'file', source: { kind: 'stored', state: { kind: 'anthropic-files', data: {} } } }, {}],
    [{ type: 'vendor', state: { kind: 'anthropic-messages', data: {} } }, {}],
  ])('is refused: %j under %j', ([part, rules]) => {
    expect(() => encode(says(part), rules)).toThrow(expect.objectContaining({ code: 'invalid_value' }) as Error);
  });

  it.for<AssistantPart>([
    { type: 'image', source: { kind: 'url', url: 'https://a' } },
    { type: 'audio', format: 'wav', base64: '' },
  ])('is refused where a model made it: %j', (part) => {
    expect(() => encode(answered(part))).toThrow(expect.objectContaining({ code: 'invalid_value' }) as Error);
  });

  it('may be a text document, which stands for itself', () => {
    const source = { kind: 'base64', mediaType: 'text/plain', base64: Buffer.from('né').toString('base64') } as const;
    expect(encode(says({ type: 'file', source, filename: 'a.txt' }))).toMatchObject({
      messages: [{ content: 'a.txt:\nné' }],
      losses: ['messages.file=emulated'],
    });
  });

  it('is told as what was said, where a sound has its words', () => {
    expect(encode(answered({ type: 'audio', format: 'wav', base64: '', transcript: 'hm' }))).toMatchObject({
      messages: [{ content: 'hm' }],
      losses: ['messages.audio=emulated'],
    });
  });

  it('comes after the last result where tools showed it', () => {
    const image = { type: 'image', source: { kind: 'url', url: 'https://a' } } as const;
    const result = (callId: string): Message => ({ role: 'tool', callId, content: [image] });
    const { messages } = encode({ messages: [result('a'), result('b'), ...ask.messages] });
    expect(messages.map(({ role }) => role)).toEqual(['tool', 'tool', 'user', 'user']);
    expect(encode({ messages: [result('a')] }, { toolImages: true }).messages).toMatchObject([
      { role: 'tool', content: [{ type: 'image_url' }] },
    ]);
  });
});

describe('earlier answers', () => {
  const thought = {
    type: 'reasoning',
    text: 't',
    opaque: { kind: 'anthropic-messages', data: { signature: 's' } },
  } as const;
  const call = { type: 'tool-call', id: 'c', name: 'f', json: '{}' } as const;

  it.for<readonly [ServerRules['reasoningHistory'], readonly AssistantPart[], JsonObject, readonly string[]]>([
    [
      { field: 'reasoning_content', turns: 'all' },
      [thought],
      { reasoning_content: 't' },
      ['reasoning_details=dropped'],
    ],
    [{ field: 'reasoning', turns: 'with-tools' }, [thought, call], { reasoning: 't' }, ['reasoning_details=dropped']],
    [{ field: 'reasoning', turns: 'with-tools' }, [thought], { content: '' }, ['reasoning_content=dropped']],
    [
      { field: 'reasoning_details', turns: 'all' },
      [thought],
      { reasoning: 't', reasoning_details: [{ type: 'reasoning.text', text: 't', signature: 's' }] },
      [],
    ],
  ])('keep their reasoning as %j says', ([reasoningHistory, parts, message, losses]) => {
    expect(encode(answered(...parts), reasoningHistory && { reasoningHistory })).toMatchObject({
      messages: [message],
      losses,
    });
  });

  it("lose vendors' own parts and citations, and say so", () => {
    const parts: readonly AssistantPart[] = [
      { type: 'vendor', state: { kind: 'x', data: 1 } },
      { type: 'text', text: 'a', citations: [{ url: 'u' }] },
    ];
    expect(encode(answered(...parts))).toMatchObject({
      messages: [{ role: 'assistant', content: 'a' }],
      losses: ['messages.vendor_parts=dropped', 'messages.annotations=dropped'],
    });
  });

  it('say a refusal in words where there is no field for it', () => {
    expect(encode(answered({ type: 'refusal', text: 'no' }), { refusals: false }).messages).toEqual([
      { role: 'assistant', content: 'no' },
    ]);
  });

  it('are gone on with where a server has a field for that', () => {
    expect(encode(answered({ type: 'text', text: 'a' }), { prefixField: 'prefix' }).messages).toEqual([
      { role: 'assistant', content: 'a', prefix: true },
    ]);
  });
});

describe('the marks of a prompt cache', () => {
  const marked: Partial<ChatRequest> = {
    messages: [
      { role: 'user', content: [{ type: 'text', text: 'a', cache: { ttl: '1h' } }] },
      { role: 'assistant', content: [{ type: 'text', text: 'b', cache: {} }] },
      { role: 'tool', callId: 'c', content: [{ type: 'text', text: 'd' }], cache: {} },
    ],
    tools: [{ name: 'f', schema: {}, cache: {} }],
  };

  it('go as they are to who knows them', () => {
    const { fields, messages, losses } = encode(marked, { cacheMarks: { form: 'cache_control' } });
    const marks = [...messages.map(({ content }) => (content as readonly JsonObject[])[0]), ...(fields['tools'] as [])];
    expect([marks.map((part) => (part as JsonObject)['cache_control']), losses]).toEqual([
      [{ type: 'ephemeral', ttl: '1h' }, { type: 'ephemeral' }, { type: 'ephemeral' }, { type: 'ephemeral' }],
      [],
    ]);
  });

  it("are OpenAI's where its models have them, and gone elsewhere", () => {
    const cacheMarks = { form: 'prompt_cache_breakpoint', models: /^new/ } as const;
    expect(encode(marked, { cacheMarks }, 'new-1').losses).toEqual([
      'cache_control.ttl=changed',
      'cache_control=dropped',
    ]);
    expect(encode(marked, { cacheMarks }, 'old-1').losses).toEqual(['cache_control=dropped']);
  });
});

describe('fields', () => {
  it('go by the names that a server has for them, or not at all', () => {
    const request: Partial<ChatRequest> = { seed: 7, user: 'u', topK: 3, stream: true, maxOutputTokens: 9 };
    const rules: Partial<ServerRules> = {
      renamed: { seed: 'random_seed' },
      refused: ['user'],
      topK: true,
      streamOptions: false,
      maxTokensField: 'max_completion_tokens',
      extra: { safe: true },
    };
    expect(encode(request, rules)).toMatchObject({
      fields: { safe: true, random_seed: 7, top_k: 3, stream: true, max_completion_tokens: 9 },
      losses: ['user=dropped'],
    });
    expect(encode(request, rules).fields).not.toHaveProperty('stream_options');
  });

  it('that stood inside others go back there, or are told', () => {
    const fields = { 'messages.name': { 0: 'ann', 9: 'gone' }, 'thinking.keep': 'all', 'tools.x': 1 };
    expect(encode({ extensions: { dialect: 'openai-chat', fields } })).toMatchObject({
      messages: [{ role: 'user', content: 'hi', name: 'ann' }],
      losses: ['thinking.keep=dropped'],
    });
  });

  it.for<readonly [boolean, JsonObject, readonly string[]]>([
    [true, { tool_choice: { type: 'custom', custom: { name: 'sql' } } }, ['tools.mcp=dropped']],
    [false, {}, ['tools.custom=dropped', 'tools.mcp=dropped', 'tool_choice=dropped']],
  ])('of custom tools are known: %s', ([customTools, fields, losses]) => {
    const request: Partial<ChatRequest> = {
      vendorTools: [
        { kind: 'openai-chat', data: { type: 'custom', custom: { name: 'sql' } } },
        { kind: 'anthropic-messages', data: { type: 'mcp' } },
      ],
      toolChoice: { type: 'tool', name: 'sql' },
    };
    expect(encode(request, { customTools })).toMatchObject({ fields, losses });
  });

  it('of a choice go by the word of the server', () => {
    const tools = [{ name: 'f', schema: {} }];
    expect(encode({ tools, toolChoice: { type: 'required' } }, { requiredChoice: 'any' }).fields).toMatchObject({
      tool_choice: 'any',
    });
  });
});
