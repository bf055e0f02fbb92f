import type { ChatRequest, JsonObject, RawCall, Target, UpstreamRequest } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openAiCompatible } from './index.js';
import type { OpenAiProvider } from './index.js';

const secret = () => Promise.resolve('sk-test');
const create = (more: JsonObject = {}) =>
  openAiCompatible.create(
    openAiCompatible.settings.parse({ kind: 'openai-compatible', baseUrl: 'http://127.0.0.1:8080/v1', ...more }),
    { secret },
  ) as OpenAiProvider;
const provider = create();
const { chat, embed } = provider.operations;
const target: Target = { provider: 'local', model: 'm', baseUrl: provider.baseUrl };
const head = { status: 200, headers: {} };
const signal = new AbortController().signal;
const textOf = ({ body = '' }: UpstreamRequest) =>
  typeof body === 'string' ? body : Buffer.concat([body].flat()).toString();
const bodyOf = (request: UpstreamRequest) => JSON.parse(textOf(request)) as JsonObject;

describe('settings', () => {
  it.for([
    { baseUrl: undefined },
    { baseUrl: 'localhost:8080' },
    { baseUrl: 'file:///etc/passwd' },
    { baseUrl: 'http://user:pass@127.0.0.1/v1' },
    { baseUrl: 'http://127.0.0.1/v1?key=1' },
    { apiKey: 'sk-literal' },
    { apiKey: { env: '' } },
    { apiKey: { env: 'A', file: 'b' } },
    { headers: { host: 'other' } },
    { headers: { 'bad name': 'x' } },
    { headers: { 'x-a': 'one\r\nx-b: two' } },
  ])('refuse %j', (wrong) => expect(() => create(wrong)).toThrow());

  it('say what a key must be', () => {
    expect(() => create({ apiKey: 'sk-literal' })).toThrow(/expected a reference/);
  });
});

describe('the headers of a call', () => {
  const call = (headers: RawCall['headers']): RawCall => ({
    body: Buffer.from('{"model":"a"}'),
    wire: { model: 'a' },
    stream: false,
    wantsUsage: true,
    headers,
  });
  const sent = (headers: RawCall['headers'], from = chat) =>
    from.passthroughs?.[0]?.encode(call(headers), target).headers;

  it('are what the dialect defines and no more', () => {
    const headers = {
      'openai-beta': 'x=v1',
      'openai-organization': 'o',
      authorization: 'Bearer caller',
      cookie: 'a=b',
    };
    expect(sent(headers)).toEqual({
      'openai-beta': 'x=v1',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
    });
  });

  it('join a header that came twice', () => {
    expect(sent({ 'openai-beta': ['a', 'b'] })).toMatchObject({ 'openai-beta': 'a, b' });
  });

  it("carry the operator's own, which win", () => {
    const { operations } = create({ headers: { 'X-Team': 't', 'OpenAI-Beta': 'ours' } });
    expect(sent({ 'openai-beta': 'theirs' }, operations.chat)).toMatchObject({ 'x-team': 't', 'openai-beta': 'ours' });
  });
});

describe('authorize', () => {
  const request = provider.models.request();

  it('reads the secret for every call', async () => {
    const seen: unknown[] = [];
    const keys = ['one', 'two'];
    const secret = (ref: unknown) => {
      seen.push(ref);
      return Promise.resolve(keys.shift() ?? '');
    };
    const keyed = openAiCompatible.create(
      { kind: 'openai-compatible', baseUrl: 'http://a/v1', apiKey: { env: 'K' } },
      { secret },
    );
    const sent = [await keyed.authorize(request, signal), await keyed.authorize(request, signal)];
    expect([sent.map(({ headers }) => headers['authorization']), seen]).toEqual([
      ['Bearer one', 'Bearer two'],
      [{ env: 'K' }, { env: 'K' }],
    ]);
  });

  it('adds nothing where no key is set', async () => {
    expect(await provider.authorize(request, signal)).toBe(request);
  });

  it('fails as the secret does', async () => {
    const deps = { secret: () => Promise.reject(new Error('unreadable')) };
    const keyed = openAiCompatible.create(
      { kind: 'openai-compatible', baseUrl: 'http://a/v1', apiKey: { file: 'k' } },
      deps,
    );
    await expect(keyed.authorize(request, signal)).rejects.toThrow('unreadable');
  });
});

describe('passing a request on', () => {
  const pass = (text: string, wantsUsage = false) => {
    const wire = JSON.parse(text) as JsonObject;
    const call = { body: Buffer.from(text), wire, stream: wire['stream'] === true, wantsUsage, headers: {} };
    const request = chat.passthroughs?.[0]?.encode(call, target);
    return request ? textOf(request) : '';
  };

  it.for([
    ['{"model":"a","stream":true}', '{"stream_options":{"include_usage":true},"model":"m","stream":true}'],
    [
      '{"model":"a","stream":true,"stream_options":null}',
      '{"model":"m","stream":true,"stream_options":{"include_usage":true}}',
    ],
    [
      '{"stream_options":{"include_usage":false,"x":1},"model":"a","stream":true}',
      '{"stream_options":{"include_usage":true,"x":1},"model":"m","stream":true}',
    ],
    ['{"model":"a"}', '{"model":"m"}'],
  ] as const)('turns %s into %s', ([text, passed]) => expect(pass(text)).toBe(passed));

  it('does not ask for usage a second time', () => {
    const text = '{"model":"m","stream":true,"stream_options":{"include_usage":true}}';
    expect(pass(text, true)).toBe(text);
  });

  it('refuses a body with two models', () => {
    expect(() => pass('{"model":"a","model":"b"}')).toThrow(/stands twice/);
  });
});

describe('encoding', () => {
  const request: ChatRequest = { messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }], stream: false };
  const encode = (more: Partial<ChatRequest>) => bodyOf(chat.encode({ ...request, ...more }, target).request);

  it.for([
    [{ responseFormat: { type: 'text' } }, { response_format: { type: 'text' } }],
    [{ responseFormat: { type: 'json' } }, { response_format: { type: 'json_object' } }],
    [{}, {}],
  ] as const)('writes %j as %j', ([fields, written]) => {
    expect(encode(fields)).toEqual({ model: 'm', messages: [{ role: 'user', content: 'hi' }], ...written });
  });

  it.for(['auto', 'none', 'required'] as const)('writes the choice %s among tools', (type) => {
    const tools = [{ name: 'f', schema: {} }];
    expect(encode({ tools, toolChoice: { type } })).toMatchObject({ tool_choice: type });
  });

  it('leaves out a choice among no tools, and says so', () => {
    const { request: sent, adjustments } = chat.encode({ ...request, toolChoice: { type: 'required' } }, target);
    expect([bodyOf(sent)['tool_choice'], adjustments]).toEqual([
      undefined,
      [{ parameter: 'tool_choice', action: 'dropped' }],
    ]);
  });

  it('sends no reasoning back where no tool was called', () => {
    const answer = {
      role: 'assistant' as const,
      content: [
        { type: 'reasoning' as const, text: 'hm' },
        { type: 'text' as const, text: 'a' },
      ],
    };
    expect(encode({ messages: [answer] })['messages']).toEqual([{ role: 'assistant', content: 'a' }]);
  });
});

describe('decoding what servers get wrong', () => {
  const decode = (message: object, reason: unknown) =>
    chat.decode(Buffer.from(JSON.stringify({ choices: [{ message, finish_reason: reason }] })), head, target);

  it('names calls without an id by their position, and gives them arguments', () => {
    expect(decode({ tool_calls: [7, { function: { name: 'f' } }] }, 'tool_calls').content).toEqual([
      { type: 'tool-call', id: 'call_1', name: 'f', json: '{}' },
    ]);
  });

  it('says tool-calls where the server said stop beside a call', () => {
    expect(decode({ tool_calls: [{ id: 'a', function: { name: 'f' } }] }, 'stop').finish).toEqual({
      unified: 'tool-calls',
      raw: 'stop',
    });
  });

  it('joins content that came in parts', () => {
    expect(decode({ content: [{ type: 'text', text: 'a' }, { type: 'text', text: 'b' }, 7] }, null)).toEqual({
      id: '',
      model: '',
      content: [{ type: 'text', text: 'ab' }],
      finish: { unified: 'other' },
    });
  });

  it('refuses a vector that is none', () => {
    const body = Buffer.from('{"data":[{"embedding":[1,"2"]}]}');
    expect(() => embed.decode(body, head, target)).toThrow(/more than numbers/);
  });

  it('takes vectors without an index as they come', () => {
    const body = Buffer.from('{"data":[{"embedding":[1]},{"embedding":[2]}]}');
    expect(embed.decode(body, head, target)).toEqual({ model: '', vectors: [[1], [2]] });
  });
});
