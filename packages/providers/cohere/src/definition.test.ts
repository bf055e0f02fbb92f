import { describe, expect, it } from 'vitest';
import { cohere } from './definition.js';

const create = (settings: object = {}) =>
  cohere.create(cohere.settings.parse({ kind: 'cohere', ...settings }), { secret: () => Promise.resolve('co-1') });

describe('settings', () => {
  it('need nothing but the kind', () => {
    expect(cohere.settings.parse({ kind: 'cohere' })).toEqual({ kind: 'cohere', baseUrl: 'https://api.cohere.com' });
  });

  it.each([{ baseUrl: 'ftp://example.com' }, { apiKey: 'co-in-the-file' }, { headers: { host: 'a' } }])(
    'refuse %j',
    (setting) => {
      expect(cohere.settings.safeParse({ kind: 'cohere', ...setting }).success).toBe(false);
    },
  );
});

it.each([
  'https://proxy.example/co',
  'https://proxy.example/co/',
  'https://proxy.example/co/v2',
  'https://proxy.example/co/v1/',
])('goes below %s, whatever version that names', (baseUrl) => {
  const { models, operations, baseUrl: base } = create({ baseUrl });
  const target = { provider: 'co', model: 'm', baseUrl: base };
  const { request } = operations.chat.encode({ messages: [], stream: false }, target);
  expect([models.request().url.href, request.url.href]).toEqual([
    'https://proxy.example/co/v1/models?page_size=1000',
    'https://proxy.example/co/v2/chat',
  ]);
});

it('sends its key as a bearer token', async () => {
  const { models, authorize } = create({ apiKey: { env: 'CO_API_KEY' } });
  const { headers } = await authorize(models.request());
  expect(headers.authorization).toBe('Bearer co-1');
});

describe('classify', () => {
  const answered = (status: number, message: string) =>
    create().classify({
      stage: 'status',
      head: { status, headers: {} },
      body: Buffer.from(JSON.stringify({ id: 'e-1', message })),
    });

  it.each([
    [
      400,
      'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 4292.',
      'context_length_exceeded',
    ],
    [400, 'invalid request: temperature must be between 0 and 1.0 inclusive.', 'upstream_rejected'],
    [401, 'invalid api token', 'upstream_auth_error'],
    [402, 'Please add or update your payment method', 'upstream_auth_error'],
    [404, "model 'xyz' not found, make sure the correct model ID was used", 'upstream_model_not_found'],
    [429, 'You are past the per minute request limit, please wait and try again later.', 'upstream_rate_limited'],
    [498, 'invalid token', 'upstream_auth_error'],
    [499, 'request cancelled', 'upstream_invalid_response'],
    [500, 'internal server error', 'upstream_invalid_response'],
    [501, 'not implemented', 'upstream_invalid_response'],
    [504, 'gateway timeout', 'upstream_timeout'],
  ])('takes %i "%s" for %s', (status, message, code) => {
    expect(answered(status, message).code).toBe(code);
  });

  it('passes on why a request was refused', () => {
    expect(answered(400, 'invalid request: cannot specify both').message).toBe('invalid request: cannot specify both');
  });

  it.each([
    ['too many tokens: size limit exceeded by 11326 tokens.', 'context_length_exceeded'],
    ['invalid request: message must be at least 1 token long.', 'upstream_rejected'],
    ['something went wrong', 'upstream_invalid_response'],
  ])('takes "%s" inside an answer for %s', (message, code) => {
    const frame = { data: JSON.stringify({ message }) };
    expect(create().classify({ stage: 'in-band', frame }).code).toBe(code);
  });
});

describe('embeddings', () => {
  const { embed } = create().operations;
  const target = { provider: 'co', model: 'embed-v4.0', baseUrl: new URL('https://api.cohere.com') };

  it('are for a store, and never made of a text that was cut, unless the caller says so', () => {
    const { request } = embed.encode({ input: ['a'] }, target);
    expect(JSON.parse(String(request.body))).toMatchObject({ input_type: 'search_document', truncate: 'NONE' });
  });

  it('refuses token ids, which the vendor cannot read', () => {
    expect(() => embed.encode({ input: [[1, 2]] }, target)).toThrow(
      expect.objectContaining({ details: { param: 'input' } }),
    );
  });

  it.each([
    ['{"embeddings":{"float":[]}}', 'upstream_invalid_response'],
    ['{"embeddings":{"float":[["a"]]}}', 'upstream_invalid_response'],
    ['{"embeddings":{"int8":[[1]]}}', 'upstream_invalid_response'],
    ['{"message":"too many tokens: size limit exceeded"}', 'context_length_exceeded'],
  ])('takes %s for %s', (text, code) => {
    const decode = () => embed.decode(Buffer.from(text), { status: 200, headers: {} }, target);
    expect(decode).toThrow(expect.objectContaining({ code }));
  });
});
