import { createProviderDeps, providerSuite } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { anthropic } from './definition.js';

providerSuite({
  definition: anthropic,
  settings: { kind: 'anthropic', apiKey: { env: 'ANTHROPIC_API_KEY' } },
  fixtures: new URL('./__fixtures__/', import.meta.url),
});

const SIGNAL = new AbortController().signal;

function create(settings: object = {}, secret = (): Promise<string> => Promise.resolve('sk-ant-1')) {
  const parsed = anthropic.settings.parse({ kind: 'anthropic', ...settings });
  return anthropic.create(parsed, createProviderDeps({ secret }));
}

describe('settings', () => {
  it('need nothing but the kind', () => {
    expect(anthropic.settings.parse({ kind: 'anthropic' })).toEqual({
      kind: 'anthropic',
      baseUrl: 'https://api.anthropic.com',
      version: '2023-06-01',
      beta: [],
    });
  });

  it.each([
    { version: '2024-01-01' },
    { beta: ['a\nb'] },
    { baseUrl: 'ftp://example.com' },
    { apiKey: 'sk-ant-in-the-file' },
    { headers: { 'x-a': 1 } },
  ])('refuse %j', (setting) => {
    expect(anthropic.settings.safeParse({ kind: 'anthropic', ...setting }).success).toBe(false);
  });
});

describe('authorize', () => {
  const request = { method: 'POST', url: new URL('https://example.com'), headers: { a: 'b' } } as const;

  it('sends the key as x-api-key', async () => {
    const { headers } = await create({ apiKey: { env: 'KEY' } }).authorize(request, SIGNAL);
    expect(headers).toEqual({ a: 'b', 'x-api-key': 'sk-ant-1' });
  });

  it('sends nothing where no key is configured', async () => {
    expect(await create().authorize(request, SIGNAL)).toBe(request);
  });

  it('reads the key again for every call', async () => {
    const keys = ['first', 'second'];
    const provider = create({ apiKey: { env: 'KEY' } }, () => Promise.resolve(keys.shift() ?? ''));
    await provider.authorize(request, SIGNAL);
    const { headers } = await provider.authorize(request, SIGNAL);
    expect(headers['x-api-key']).toBe('second');
  });

  it('fails as refused credentials where the key cannot be read', async () => {
    const provider = create({ apiKey: { file: 'gone' } }, () => Promise.reject(new Error('ENOENT')));
    await expect(provider.authorize(request, SIGNAL)).rejects.toMatchObject({ code: 'upstream_auth_error' });
  });
});

describe('models', () => {
  it('are asked for with the headers of the account', () => {
    const { models } = create({ headers: { 'X-Team': 'a' }, beta: ['b-1', 'b-2'] });
    expect(models?.request()).toMatchObject({
      method: 'GET',
      url: new URL('https://api.anthropic.com/v1/models?limit=1000'),
      headers: { 'x-team': 'a', 'anthropic-version': '2023-06-01', 'anthropic-beta': 'b-1,b-2' },
    });
  });
});

describe('classify', () => {
  const answered = (status: number, message: string) => {
    const body = JSON.stringify({ type: 'error', error: { type: 'invalid_request_error', message } });
    return create().classify({ stage: 'status', head: { status, headers: {} }, body: Buffer.from(body) });
  };

  it('takes an empty account for a failure of the gateway, not of the caller', () => {
    expect(answered(400, 'Your credit balance is too low to access the Anthropic API.').code).toBe(
      'upstream_auth_error',
    );
  });

  it('recognises a prompt that is too long', () => {
    expect(answered(400, 'prompt is too long: 210000 tokens > 200000 maximum').code).toBe('context_length_exceeded');
  });

  it('passes on why a request was refused', () => {
    expect(answered(400, 'messages: roles must alternate').message).toBe('messages: roles must alternate');
  });

  it('reads the type of an error inside an answer', () => {
    const frame = { event: 'error', data: '{"type":"error","error":{"type":"rate_limit_error","message":"x"}}' };
    expect(create().classify({ stage: 'in-band', frame }).code).toBe('upstream_rate_limited');
  });
});
