import type { ChatRequest, JsonObject, Passthrough, RawCall, Target, UpstreamRequest } from '@sluice/contract';
import { createManualClock, createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { answering, keyFile } from './__fixtures__/google-cloud.js';
import { vertex } from './index.js';

const PLACE = { kind: 'vertex', project: 'p1', location: 'europe-west1' };
const create = (more: JsonObject = {}, deps = createProviderDeps()) =>
  vertex.create(vertex.settings.parse({ ...PLACE, ...more }), deps);
const provider = create();
const { chat, embed, countTokens } = provider.operations;
if (!chat?.passthroughs || !embed || !countTokens?.passthroughs) throw new Error('An operation is missing.');

const HI: ChatRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
  stream: false,
  maxOutputTokens: 9,
};
const target = (model: string, baseUrl = provider.baseUrl): Target => ({ provider: 'v', model, baseUrl });
const HEAD = { status: 200, headers: {} };
const signal = new AbortController().signal;
const textOf = ({ body = '' }: UpstreamRequest) =>
  typeof body === 'string' ? body : Buffer.concat([body].flat()).toString();

describe('settings', () => {
  it.for([
    { project: undefined },
    { project: 'a/b' },
    { location: undefined },
    { location: 'evil.test/' },
    { credentials: { env: 'A' } },
    { credentials: 'key.json' },
    { baseUrl: 'file:///x' },
    { apiKey: { env: 'A' } },
  ])('refuse %j', (wrong) => expect(() => create(wrong)).toThrow());
});

describe('an address', () => {
  it.for([
    ['global', 'https://aiplatform.googleapis.com/'],
    ['us', 'https://aiplatform.us.rep.googleapis.com/'],
    ['eu', 'https://aiplatform.eu.rep.googleapis.com/'],
    ['us-east5', 'https://us-east5-aiplatform.googleapis.com/'],
  ] as const)('for the location %s is %s', ([location, address]) => {
    expect(create({ location }).baseUrl.href).toBe(address);
  });

  const HOME = 'https://europe-west1-aiplatform.googleapis.com';
  const HERE = 'projects/p1/locations/europe-west1';
  it.for([
    ['gemini-3.7-flash', `${HOME}/v1beta1/${HERE}/publishers/google/models/gemini-3.7-flash:generateContent`],
    ['models/gemini-3.7-flash', `${HOME}/v1beta1/${HERE}/publishers/google/models/gemini-3.7-flash:generateContent`],
    ['google/gemini-x', `${HOME}/v1beta1/${HERE}/publishers/google/models/gemini-x:generateContent`],
    ['endpoints/77', `${HOME}/v1beta1/${HERE}/endpoints/77:generateContent`],
    ['claude-x@20250101', `${HOME}/v1/${HERE}/publishers/anthropic/models/claude-x@20250101:rawPredict`],
    ['anthropic/claude-x', `${HOME}/v1/${HERE}/publishers/anthropic/models/claude-x:rawPredict`],
    ['publishers/anthropic/models/claude-x', `${HOME}/v1/${HERE}/publishers/anthropic/models/claude-x:rawPredict`],
    ['meta/llama-maas', `${HOME}/v1/${HERE}/endpoints/openapi/chat/completions`],
    ['google/gemma-4-26b-a4b-it-maas', `${HOME}/v1/${HERE}/endpoints/openapi/chat/completions`],
    ['a?b/../c', `${HOME}/v1/${HERE}/endpoints/openapi/chat/completions`],
    ['x?y#z', `${HOME}/v1beta1/${HERE}/publishers/google/models/x%3Fy%23z:generateContent`],
    ['claude/../../x', `${HOME}/v1/${HERE}/endpoints/openapi/chat/completions`],
  ] as const)('of %s is %s', ([model, url]) => {
    expect(chat.encode(HI, target(model)).request.url.href).toBe(url);
  });

  it.for(['https://proxy.test/vertex', 'https://proxy.test/vertex/v1beta1/', 'https://proxy.test/vertex/v1'])(
    'below %s keeps its version',
    (baseUrl) => {
      const url = chat.encode(HI, target('claude-x', new URL(baseUrl))).request.url.href;
      const version = /v1(?:beta1)?/.exec(baseUrl)?.[0] ?? 'v1';
      expect(url).toBe(`https://proxy.test/vertex/${version}/${HERE}/publishers/anthropic/models/claude-x:rawPredict`);
      expect(create({ baseUrl }).models?.request().url.href).toBe(
        'https://proxy.test/vertex/v1beta1/publishers/google/models?pageSize=300',
      );
    },
  );
});

it('an answer that Model Armor kept back is filtered content', () => {
  // https://github.com/GoogleCloudPlatform/terraform-google-model-armor, floor setting example
  const armor = {
    promptFeedback: { blockReason: 'MODEL_ARMOR', blockReasonMessage: 'Blocked.' },
    usageMetadata: { trafficType: 'ON_DEMAND' },
    modelVersion: 'gemini-2.5-flash',
  };
  const { finish } = chat.decode(Buffer.from(JSON.stringify(armor)), HEAD, target('gemini-2.5-flash'));
  expect(finish).toMatchObject({ unified: 'content-filter', raw: 'MODEL_ARMOR' });
});

describe('Claude', () => {
  const at = { kind: 'url', url: 'https://pictures.test/cat.png' } as const;
  const stored = { kind: 'stored', state: { kind: 'anthropic-messages', data: { file_id: 'f' } } } as const;
  it.for<ChatRequest['messages']>([
    [{ role: 'user', content: [{ type: 'image', source: at }] }],
    [{ role: 'user', content: [{ type: 'file', source: stored }] }],
    [{ role: 'tool', callId: 'c', content: [{ type: 'image', source: at }] }],
  ])('fetches nothing: %j is refused', (messages) => {
    for (const operation of [chat, countTokens]) {
      expect(() => operation.encode({ ...HI, messages }, target('claude-x'))).toThrow(
        expect.objectContaining({ code: 'invalid_value', details: { param: 'messages' } }),
      );
    }
  });

  it("is asked for the caller's beta features", () => {
    const extensions = { dialect: 'anthropic-messages', fields: { 'anthropic-beta': 'a-2026-01-01' } };
    const { request } = chat.encode({ ...HI, extensions }, target('claude-x'));
    expect([request.headers, JSON.parse(textOf(request))]).toEqual([
      { 'content-type': 'application/json', 'accept-encoding': 'identity', 'anthropic-beta': 'a-2026-01-01' },
      {
        anthropic_version: 'vertex-2023-10-16',
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
        max_tokens: 9,
      },
    ]);
  });
});

it('tokens of an open model are not counted', () => {
  expect(() => countTokens.encode(HI, target('meta/llama'))).toThrow(
    expect.objectContaining({ code: 'invalid_value', details: { param: 'model' } }),
  );
});

describe('what passes through', () => {
  const through = (passthroughs: readonly Passthrough[], dialect: string) => {
    const own = passthroughs.find((one) => one.dialect === dialect);
    if (!own) throw new Error(`Nothing passes as ${dialect}.`);
    return own;
  };
  const call = (text: string, more: Partial<RawCall> = {}): RawCall => {
    const wire = JSON.parse(text) as JsonObject;
    return { body: Buffer.from(text), wire, stream: false, wantsUsage: true, headers: {}, ...more };
  };

  it.for([
    ['gemini-generate', 'gemini-x'],
    ['anthropic-messages', 'claude-x'],
    ['openai-chat', 'qwen/qwen3-maas'],
  ] as const)('as %s is for %s alone', ([dialect, model]) => {
    const own = through(chat.passthroughs ?? [], dialect);
    const models = ['gemini-x', 'claude-x', 'qwen/qwen3-maas'];
    expect(models.filter((one) => own.serves?.(one))).toEqual([model]);
  });

  it('to Claude has the version in place of the model, every other byte as it came', () => {
    const messages = through(chat.passthroughs ?? [], 'anthropic-messages');
    const at = target('claude-x');
    const sent = (text: string, more: Partial<RawCall> = {}) => textOf(messages.encode(call(text, more), at));
    const first = ' {"model": "any" , "max_tokens": 1.0, "x": "\\u00e9"}';
    const modelAt = { start: first.indexOf('"any"'), end: first.indexOf('"any"') + 5 };
    expect([
      sent(first, { modelAt }),
      sent('{"max_tokens": 1.0, "model": "any"}'),
      sent('{"model":"any"}', { modelAt: { start: 9, end: 14 } }),
      sent('{"model":"any","anthropic_version":"later"}', { modelAt: { start: 9, end: 14 } }),
      sent('{"model":"any","max_tokens":1}', { headers: { 'anthropic-version': '2026-10-21' } }),
    ]).toEqual([
      '{"anthropic_version":"vertex-2023-10-16" , "max_tokens": 1.0, "x": "\\u00e9"}',
      '{"anthropic_version":"vertex-2023-10-16","max_tokens": 1.0}',
      '{"anthropic_version":"vertex-2023-10-16"}',
      '{"anthropic_version":"later"}',
      '{"anthropic_version":"2026-10-21","max_tokens":1}',
    ]);
  });

  it('to Claude takes the beta features of the caller along, and no other header', () => {
    const messages = through(chat.passthroughs ?? [], 'anthropic-messages');
    const headers = { 'anthropic-version': '2023-06-01', 'anthropic-beta': 'a,b', 'x-api-key': 'k' };
    const request = messages.encode(call('{"stream":true}', { stream: true, headers }), target('claude-x'));
    expect([request.headers, request.url.pathname.split('/').at(-1)]).toEqual([
      { 'content-type': 'application/json', 'accept-encoding': 'identity', 'anthropic-beta': 'a,b' },
      'claude-x:streamRawPredict',
    ]);
  });

  it('to be counted names the model in its body', () => {
    const count = through(countTokens.passthroughs ?? [], 'anthropic-count-tokens');
    const sent = (text: string) => textOf(count.encode(call(text), target('anthropic/claude-x')));
    expect([sent('{"model":"any","messages":[]}'), sent('{"anthropic_version":"later","model":"any"}')]).toEqual([
      '{"anthropic_version":"vertex-2023-10-16","model":"claude-x","messages":[]}',
      '{"anthropic_version":"later","model":"claude-x"}',
    ]);
    expect(['claude-x', 'gemini-x'].map((model) => count.serves?.(model))).toEqual([true, false]);
    expect(count.inspect(Buffer.from('{"input_tokens":3}'), HEAD)).toEqual({});
  });

  it('to an open model goes as its own server takes it', () => {
    const own = through(chat.passthroughs ?? [], 'openai-chat');
    const at = target('publishers/qwen/models/qwen3-maas');
    const asked = call('{"model":"any","messages":[]}');
    const request = own.encode(asked, at);
    expect([own.takes?.(asked, at), textOf(request), request.url.pathname.split('/').slice(-4)]).toEqual([
      true,
      '{"model":"qwen/qwen3-maas","messages":[]}',
      ['endpoints', 'openapi', 'chat', 'completions'],
    ]);
  });
});

describe('embeddings', () => {
  it('of a newer model are asked for one by one', () => {
    const refused = (input: readonly string[] | readonly (readonly number[])[]) => () =>
      embed.encode({ input }, target('gemini-embedding-2'));
    for (const input of [['a', 'b'], [[1]]] as const) {
      expect(refused(input)).toThrow(expect.objectContaining({ code: 'invalid_value', details: { param: 'input' } }));
    }
  });

  it.for([
    ['gemini-embedding-001', 'predict'],
    ['text-embedding-005', 'predict'],
    ['google/text-multilingual-embedding-002', 'predict'],
    ['intfloat/multilingual-e5-large-instruct-maas', 'embedContent'],
  ] as const)('of %s go over %s', ([model, method]) => {
    const { request } = embed.encode({ input: ['a'] }, target(model));
    expect(request.url.pathname.split(':').at(-1)).toBe(method);
  });

  it.for(['{"predictions":[]}', '{"predictions":[{}]}', '{"predictions":[{"embeddings":{"values":["a"]}}]}'])(
    'are not in %s',
    (text) => {
      expect(() => embed.decode(Buffer.from(text), HEAD, target('text-embedding-005'))).toThrow(
        expect.objectContaining({ code: 'upstream_invalid_response' }),
      );
    },
  );
});

describe('a failure', () => {
  const classify = (body: unknown, status = 400) =>
    provider.classify({ stage: 'status', head: { status, headers: {} }, body: Buffer.from(JSON.stringify(body)) });
  const tooLong = { type: 'error', error: { type: 'invalid_request_error', message: 'prompt is too long: 9 > 8' } };

  it('of Claude is told in Anthropic\u2019s form, bare or quoted, or in Google\u2019s', () => {
    const google = { error: { code: 404, message: 'Publisher Model `claude-x` was not found.', status: 'NOT_FOUND' } };
    const quoting = { error: { code: 400, message: JSON.stringify(tooLong), status: 'INVALID_ARGUMENT' } };
    expect([classify(tooLong), classify(quoting), classify(google, 404), classify([google], 404)]).toMatchObject([
      { code: 'context_length_exceeded', message: 'prompt is too long: 9 > 8' },
      { code: 'context_length_exceeded', message: 'prompt is too long: 9 > 8' },
      { code: 'upstream_model_not_found' },
      { code: 'upstream_model_not_found' },
    ]);
  });

  it('of no form at all is one all the same', () => {
    expect(classify('<html>', 502).code).toBe('upstream_invalid_response');
  });
});

describe('credentials', () => {
  it('are asked for once, and again after they were refused', async () => {
    const clock = createManualClock();
    let minted = 0;
    const deps = createProviderDeps({
      clock,
      secret: () => Promise.resolve(keyFile()),
      send: () => Promise.resolve(answering({ access_token: `t${(minted += 1)}`, expires_in: 3599 })),
    });
    const own = create({ credentials: { file: 'key.json' }, headers: { 'X-Own': '1' } }, deps);
    const ask = async () => (await own.authorize({ method: 'GET', url: own.baseUrl, headers: {} }, signal)).headers;
    const seen = [await ask(), await ask()];
    clock.advance(60_000);
    const refused = { stage: 'status', head: { status: 401, headers: {} }, body: Buffer.from('{}') } as const;
    expect(own.classify(refused).code).toBe('upstream_auth_error');
    seen.push(await ask());
    expect(seen.map(({ authorization }) => authorization)).toEqual(['Bearer t1', 'Bearer t1', 'Bearer t2']);
  });
});
