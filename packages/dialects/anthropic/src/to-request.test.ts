import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { toRequest } from './to-request.js';

const HI = { role: 'user', content: 'Hi' };
const bodyWith = (fields: JsonObject): JsonObject => ({ model: 'fast', max_tokens: 16, messages: [HI], ...fields });
const turn = (role: string, block: unknown): JsonObject => bodyWith({ messages: [{ role, content: [block] }] });

it('refuses instructions that are no text, and names the block', () => {
  expect(() => toRequest(turn('system', { type: 'tool_addition', tool: {} }))).toThrow(
    expect.objectContaining({ code: 'invalid_value', details: { param: 'messages.0.content.0.type' } }),
  );
});

describe("what only this dialect's vendors understand", () => {
  const own = (data: unknown): JsonObject => ({ kind: 'anthropic-messages', data });

  it.each<[string, JsonObject]>([
    ['user', { type: 'container_upload', file_id: 'f' }],
    ['user', { type: 'constructor' }],
    ['assistant', { type: 'server_tool_use', id: 's', name: 'web_search', input: { query: 'x' } }],
    ['assistant', { type: 'web_search_tool_result', tool_use_id: 's', content: [] }],
    ['assistant', { type: 'document', source: { type: 'text', media_type: 'text/plain', data: 'x' } }],
  ])('is carried whole in a turn of the %s: %j', (role, block) => {
    const { messages, extensions } = toRequest(turn(role, block));
    expect([messages, extensions]).toEqual([[{ role, content: [{ type: 'vendor', state: own(block) }] }], undefined]);
  });

  it('is carried whole in the result of a tool', () => {
    const reference = { type: 'tool_reference', tool_name: 'look' };
    const { messages } = toRequest(turn('user', { type: 'tool_result', tool_use_id: 't', content: [reference] }));
    expect(messages).toMatchObject([{ role: 'tool', content: [{ type: 'vendor', state: own(reference) }] }]);
  });

  it('stands among the tools with its place', () => {
    const search = { type: 'web_search_20260318', name: 'web_search' };
    const bash = { type: 'bash_20250124', name: 'bash' };
    const mine = { name: 'look', input_schema: { type: 'object' } };
    const { tools, vendorTools } = toRequest(bodyWith({ tools: [search, mine, bash] }));
    expect([tools, vendorTools]).toEqual([
      [{ name: 'look', schema: { type: 'object' } }],
      [own({ tool: search, after: 0 }), own({ tool: bash, after: 1 })],
    ]);
  });

  it('is reported by name where it is a field of a part or of a tool', () => {
    const tool = { name: 'look', input_schema: {}, defer_loading: true };
    const image = {
      type: 'image',
      source: { type: 'file', file_id: 'f' },
      transformations: { oversized_image: 'error' },
    };
    const request = toRequest({ ...turn('user', image), tools: [tool] });
    expect(request.extensions?.fields).toEqual({
      'messages.content.transformations': { oversized_image: 'error' },
      'tools.defer_loading': true,
    });
    expect([request.messages[0]?.content[0], request.tools?.[0]]).toMatchObject([
      {
        source: { kind: 'stored', state: own({ file_id: 'f' }) },
        opaque: own({ fields: { transformations: { oversized_image: 'error' } } }),
      },
      { opaque: own({ fields: { defer_loading: true } }) },
    ]);
  });

  it('asks for beta features with the header that came', () => {
    const { extensions } = toRequest(bodyWith({}), { 'anthropic-beta': ['a', 'b'] });
    expect(extensions?.fields).toEqual({ 'anthropic-beta': 'a,b' });
  });
});

describe('documents', () => {
  const base64 = Buffer.from('One\nTwo').toString('base64');
  it.each<[JsonObject, unknown]>([
    [
      { type: 'base64', media_type: 'application/pdf', data: 'JVBERi0=' },
      { kind: 'base64', mediaType: 'application/pdf', base64: 'JVBERi0=' },
    ],
    [
      { type: 'url', url: 'https://example.com/a.pdf' },
      { kind: 'url', url: 'https://example.com/a.pdf' },
    ],
    [
      { type: 'file', file_id: 'f' },
      { kind: 'stored', state: { kind: 'anthropic-messages', data: { file_id: 'f' } } },
    ],
    [
      { type: 'text', media_type: 'text/plain', data: 'One\nTwo' },
      { kind: 'base64', mediaType: 'text/plain', base64 },
    ],
    [
      {
        type: 'content',
        content: [
          { type: 'text', text: 'One' },
          { type: 'text', text: 'Two' },
        ],
      },
      { kind: 'base64', mediaType: 'text/plain', base64 },
    ],
  ])('of %j are read as %j', (source, expected) => {
    const { messages } = toRequest(turn('user', { type: 'document', source, title: 'Diary' }));
    expect(messages[0]?.content).toMatchObject([{ type: 'file', source: expected, filename: 'Diary' }]);
  });

  it('of text and images are for this vendor alone', () => {
    const source = {
      type: 'content',
      content: [{ type: 'image', source: { type: 'url', url: 'https://example.com' } }],
    };
    const { messages } = toRequest(turn('user', { type: 'document', source }));
    expect(messages[0]?.content).toMatchObject([{ source: { kind: 'stored', state: { data: { source } } } }]);
  });

  it('say what others lose of them', () => {
    const source = { type: 'url', url: 'https://example.com/a.pdf' };
    const document = { type: 'document', source, context: 'Of 2026', citations: { enabled: true } };
    expect(toRequest(turn('user', document)).extensions?.fields).toEqual({
      'messages.content.context': 'Of 2026',
      'messages.content.citations': { enabled: true },
    });
  });
});

it('reads the result of a search as text that any model can read', () => {
  const block = {
    type: 'search_result',
    source: 'https://example.com',
    title: 'Oslo',
    content: [{ type: 'text', text: 'It rains.' }],
    citations: { enabled: true },
    cache_control: { type: 'ephemeral' },
  };
  const { cache_control: _, ...rest } = block;
  const { messages, extensions } = toRequest(turn('user', block));
  expect(messages[0]?.content).toEqual([
    {
      type: 'text',
      text: 'Oslo\nhttps://example.com\nIt rains.',
      cache: {},
      opaque: { kind: 'anthropic-messages', data: { block: rest } },
    },
  ]);
  expect(extensions?.fields).toEqual({ 'messages.content.citations': { enabled: true } });
});

describe('marks for the prompt cache', () => {
  const text = { type: 'text', text: 'Hi' };
  const mark = { type: 'ephemeral', ttl: '1h' };

  it.each<[JsonObject, unknown]>([
    [{ type: 'ephemeral' }, {}],
    [{ type: 'ephemeral', ttl: '5m' }, { ttl: '5m' }],
    [mark, { ttl: '1h' }],
  ])('of %j are read as %j', (control, cache) => {
    const { messages, extensions } = toRequest(turn('user', { ...text, cache_control: control }));
    expect([messages[0]?.content[0], extensions]).toEqual([{ ...text, cache }, undefined]);
  });

  it('stand on everything that may carry one', () => {
    const system = [{ ...text, cache_control: mark }];
    const tools = [{ name: 'look', input_schema: {}, cache_control: mark }];
    const blocks = [
      { type: 'tool_result', tool_use_id: 't', content: [{ ...text, cache_control: mark }], cache_control: mark },
      { type: 'image', source: { type: 'url', url: 'https://example.com' }, cache_control: mark },
      { type: 'document', source: { type: 'url', url: 'https://example.com' }, cache_control: mark },
    ];
    const call = { type: 'tool_use', id: 't', name: 'look', input: {}, cache_control: mark };
    const messages = [
      { role: 'assistant', content: [call] },
      { role: 'user', content: blocks },
    ];
    const request = toRequest(bodyWith({ system, tools, messages }));
    const cache = { ttl: '1h' };
    expect(request).toMatchObject({
      messages: [
        { role: 'system', content: [{ cache }] },
        { role: 'assistant', content: [{ cache }] },
        { role: 'tool', content: [{ cache }], cache },
        { role: 'user', content: [{ cache }, { cache }] },
      ],
      tools: [{ cache }],
    });
    expect(request.extensions).toBeUndefined();
  });

  it('of a form to come are carried as they are', () => {
    const control = { type: 'ephemeral', ttl: '24h' };
    const { messages } = toRequest(turn('user', { ...text, cache_control: control }));
    expect(messages[0]?.content).toMatchObject([{ opaque: { data: { fields: { cache_control: control } } } }]);
  });

  it('for the whole prompt stay at the top', () => {
    expect(toRequest(bodyWith({ cache_control: mark })).extensions?.fields).toEqual({ cache_control: mark });
  });
});

describe('reasoning', () => {
  it('is none where nothing is said of it', () => {
    expect(toRequest(bodyWith({})).reasoning).toBeUndefined();
  });

  it.each<[JsonObject, JsonObject, JsonObject]>([
    [{ type: 'disabled' }, { effort: 'high' }, { effort: 'none' }],
    [{ type: 'adaptive' }, {}, {}],
    [{ type: 'adaptive', display: 'summarized' }, { effort: 'max' }, { effort: 'max', summary: 'auto' }],
    [{ type: 'enabled', budget_tokens: 2_048, display: 'omitted' }, {}, { budgetTokens: 2_048, summary: 'none' }],
  ])('of %j and %j is %j, and goes along as it came', (thinking, output, canonical) => {
    const { reasoning, extensions } = toRequest(bodyWith({ thinking, output_config: output }));
    const opaque = { kind: 'anthropic-messages', data: { thinking, ...output } };
    expect([reasoning, extensions]).toEqual([{ ...canonical, opaque }, undefined]);
  });

  it.each<[JsonObject, JsonObject]>([
    [{ type: 'between_tools' }, { 'thinking.type': 'between_tools' }],
    [{ type: 'adaptive', display: 'updates' }, { 'thinking.display': 'updates' }],
    [{ type: 'adaptive', budget: 1 }, { 'thinking.budget': 1 }],
  ])('says what others lose of %j', (thinking, lost) => {
    expect(toRequest(bodyWith({ thinking })).extensions?.fields).toEqual(lost);
  });
});

it.each([
  ['auto', 'auto'],
  ['standard_only', 'default'],
])('reads the tier %s as %s', (tier, serviceTier) => {
  expect(toRequest(bodyWith({ service_tier: tier })).serviceTier).toBe(serviceTier);
});

describe('citations', () => {
  const of = (citation: JsonObject): JsonObject =>
    turn('assistant', { type: 'text', text: 'a', citations: [citation] });

  it('are read for all vendors, and carried for this one', () => {
    const citation = { type: 'page_location', cited_text: 'It rains.', document_title: 'Diary', start_page_number: 1 };
    expect(toRequest(of(citation)).messages[0]?.content).toMatchObject([
      { citations: [{ title: 'Diary', citedText: 'It rains.', opaque: { data: citation } }] },
    ]);
  });

  it("of another vendor's, which came to the client without an index, are not taken for this one's", () => {
    const citation = { type: 'web_search_result_location', url: 'https://example.com', encrypted_index: '' };
    expect(toRequest(of(citation)).messages[0]?.content).toEqual([
      { type: 'text', text: 'a', citations: [{ url: 'https://example.com' }] },
    ]);
  });
});

it('carries who called a tool where it was not the model itself', () => {
  const call = { type: 'tool_use', id: 't', name: 'look', input: {} };
  const caller = { type: 'code_execution_20260120', tool_id: 's' };
  const { messages } = toRequest(bodyWith({ messages: [{ role: 'assistant', content: [{ ...call, caller }] }] }));
  expect(messages[0]?.content).toMatchObject([{ opaque: { data: { fields: { caller } } } }]);
});

describe('the choice of tools', () => {
  it.each([
    [{ type: 'auto' }, { type: 'auto' }],
    [{ type: 'any' }, { type: 'required' }],
    [{ type: 'none' }, { type: 'none' }],
  ])('%j is %j', (choice, toolChoice) => {
    expect(toRequest(bodyWith({ tool_choice: choice })).toolChoice).toEqual(toolChoice);
  });
});

it('keeps what the user says before, between and after results in its order', () => {
  const result = (id: string) => ({ type: 'tool_result', tool_use_id: id, content: 'ok' });
  const text = { type: 'text', text: 'x' };
  const content = [text, result('a'), text, result('b'), text];
  const { messages } = toRequest(bodyWith({ messages: [{ role: 'user', content }] }));
  expect(messages.map(({ role }) => role)).toEqual(['user', 'tool', 'user', 'tool', 'user']);
});

it('makes no message of an empty system prompt', () => {
  expect(toRequest(bodyWith({ system: '' })).messages).toHaveLength(1);
});
