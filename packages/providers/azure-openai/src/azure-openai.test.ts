import type { ChatRequest, JsonObject, RawCall } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { azureOpenAi } from './index.js';

const HOST = 'https://res.openai.azure.com';
const HEAD = { status: 200, headers: {} };
const ask: ChatRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  stream: true,
  maxOutputTokens: 5,
};

function create(more: JsonObject = {}) {
  const settings = { kind: 'azure-openai', baseUrl: HOST, apiKey: { env: 'K' }, ...more };
  return azureOpenAi.create(azureOpenAi.settings.parse(settings), { secret: () => Promise.resolve('k') });
}

function encode(more: JsonObject = {}, model = 'gpt-4.1') {
  const { operations, baseUrl } = create(more);
  const { request } = operations.chat.encode(ask, { provider: 'a', model, baseUrl });
  return { url: request.url.href, body: JSON.parse(String(request.body)) as JsonObject };
}

function dialectsOf(apiVersion: string | undefined): readonly string[] {
  const { passthroughs = [] } = create(apiVersion === undefined ? {} : { apiVersion }).operations.chat;
  return passthroughs.map(({ dialect }) => dialect);
}

describe('Azure OpenAI', () => {
  it.for([HOST, `${HOST}/`, `${HOST}/openai`, `${HOST}/openai/`, `${HOST}/openai/v1`, `${HOST}/openai/v1/`])(
    'is found by the address %s',
    (baseUrl) => expect(encode({ baseUrl }).url).toBe(`${HOST}/openai/v1/chat/completions`),
  );

  it.for([
    ['https://res.services.ai.azure.com', 'https://res.services.ai.azure.com/openai'],
    [
      'https://res.services.ai.azure.com/api/projects/p/openai/v1',
      'https://res.services.ai.azure.com/api/projects/p/openai',
    ],
    ['https://apim.example/team', 'https://apim.example/team/openai'],
  ])('below %s is below %s', ([baseUrl, root]) => {
    expect(encode({ baseUrl }).url).toBe(`${root}/v1/chat/completions`);
  });

  it.for([
    [{ apiVersion: 'preview' }, '/openai/v1/chat/completions?api-version=preview'],
    [{ apiVersion: '2024-10-21' }, '/openai/deployments/gpt-4.1/chat/completions?api-version=2024-10-21'],
    [
      { apiVersion: '2024-10-21', deployments: { 'gpt-4.1': 'team a/1' } },
      '/openai/deployments/team%20a%2F1/chat/completions?api-version=2024-10-21',
    ],
  ] as const)('with %j goes to %s', ([more, path]) => expect(encode(more).url).toBe(`${HOST}${path}`));

  it('knows models by the names of their deployments, and others by their own', () => {
    const deployments = { 'gpt-4.1': 'team-a' };
    expect([encode({ deployments }), encode({ deployments }, 'o3'), encode({ deployments }, 'toString')]).toMatchObject(
      [{ body: { model: 'team-a' } }, { body: { model: 'o3' } }, { body: { model: 'toString' } }],
    );
  });

  it('passes calls on to the deployment too', () => {
    const { operations, baseUrl } = create({ apiVersion: '2024-10-21', deployments: { m: 'd' } });
    const text = '{"model":"m","messages":[]}';
    const wire = JSON.parse(text) as JsonObject;
    const call: RawCall = { body: Buffer.from(text), wire, stream: false, wantsUsage: true, headers: {} };
    const sent = operations.chat.passthroughs?.[0]?.encode(call, { provider: 'a', model: 'm', baseUrl });
    expect(sent?.url.href).toBe(`${HOST}/openai/deployments/d/chat/completions?api-version=2024-10-21`);
  });

  it('has responses that belong to no deployment, from the version on that brought them', () => {
    const { operations, baseUrl } = create({ apiVersion: '2025-04-01-preview' });
    const call: RawCall = {
      body: Buffer.from('{"model":"m","input":"hi"}'),
      wire: { model: 'm', input: 'hi' },
      stream: false,
      wantsUsage: true,
      headers: {},
    };
    const through = operations.chat.passthroughs?.find(({ dialect }) => dialect === 'openai-responses');
    const sent = through?.encode(call, { provider: 'a', model: 'm', baseUrl });
    expect(sent?.url.href).toBe(`${HOST}/openai/responses?api-version=2025-04-01-preview`);
    expect([dialectsOf('2024-10-21'), dialectsOf('2025-03-01-preview'), dialectsOf(undefined)]).toEqual([
      ['openai-chat', 'openai-completions'],
      ['openai-chat', 'openai-completions', 'openai-responses'],
      ['openai-chat', 'openai-completions', 'openai-responses'],
    ]);
  });

  it.for([
    ['2024-06-01', { max_tokens: 5 }],
    ['2024-10-21', { max_completion_tokens: 5, stream_options: { include_usage: true } }],
    ['preview', { max_completion_tokens: 5, stream_options: { include_usage: true } }],
  ] as const)('is asked by the fields of %s', ([apiVersion, fields]) => {
    const { model: _, messages: __, stream: ___, ...asked } = encode({ apiVersion }).body;
    expect(asked).toEqual(fields);
  });

  it('sends the key as `api-key`', async () => {
    const { baseUrl, authorize } = create();
    const request = { method: 'POST', url: baseUrl, headers: { accept: '*/*' } } as const;
    expect((await authorize(request, new AbortController().signal)).headers).toEqual({ accept: '*/*', 'api-key': 'k' });
  });

  it.for(['2024', 'v2', 'preview&x=1', '', '2024-10-21/..'])('refuses %j as a version', (apiVersion) => {
    expect(() => create({ apiVersion })).toThrow();
  });

  it.for([
    [
      400,
      {
        error: {
          code: 'content_filter',
          message: "The response was filtered due to the prompt triggering Azure OpenAI's content management policy.",
          param: 'prompt',
          type: null,
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: { hate: { filtered: true } } },
        },
      },
      'content_policy_violation',
    ],
    [404, { error: { code: 'DeploymentNotFound', message: 'It does not exist.' } }, 'upstream_model_not_found'],
    [401, { statusCode: 401, message: 'Unauthorized. Access token is missing.' }, 'upstream_auth_error'],
    [429, { error: { code: '429', message: 'Requests have exceeded the rate limit.' } }, 'upstream_rate_limited'],
  ] as const)('takes its %i for what it is', ([status, said, code]) => {
    const failure = { stage: 'status', head: { ...HEAD, status }, body: Buffer.from(JSON.stringify(said)) } as const;
    expect(create().classify(failure).code).toBe(code);
  });
});
