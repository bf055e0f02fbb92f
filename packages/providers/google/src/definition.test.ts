import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { google } from './index.js';

type Secret = () => Promise<string>;

function create(settings: object = {}, secret: Secret = () => Promise.resolve('AIza-1')) {
  return google.create(google.settings.parse({ kind: 'google', ...settings }), createProviderDeps({ secret }));
}

describe('settings', () => {
  it('need nothing but the kind', () => {
    expect(google.settings.parse({ kind: 'google' })).toEqual({
      kind: 'google',
      baseUrl: 'https://generativelanguage.googleapis.com',
    });
  });

  it.for([{ baseUrl: 'ftp://a.example' }, { apiKey: 'AIza-in-the-file' }, { headers: { host: 'x' } }])(
    'refuse %j',
    (setting) => {
      expect(google.settings.safeParse({ kind: 'google', ...setting }).success).toBe(false);
    },
  );
});

describe('authorize', () => {
  const request = { method: 'POST', url: new URL('https://a.example'), headers: { a: 'b' } } as const;

  it('sends the key as x-goog-api-key, read again for every call', async () => {
    const keys = ['first', 'second'];
    const provider = create({ apiKey: { env: 'KEY' } }, () => Promise.resolve(keys.shift() ?? ''));
    const sent = [await provider.authorize(request), await provider.authorize(request)];
    expect(sent.map(({ headers }) => headers)).toEqual([
      { a: 'b', 'x-goog-api-key': 'first' },
      { a: 'b', 'x-goog-api-key': 'second' },
    ]);
  });

  it('sends nothing where no key is configured', async () => {
    expect(await create().authorize(request)).toBe(request);
  });

  it('fails as refused credentials where the key cannot be read', async () => {
    const provider = create({ apiKey: { file: 'gone' } }, () => Promise.reject(new Error('ENOENT')));
    await expect(provider.authorize(request)).rejects.toMatchObject({ code: 'upstream_auth_error' });
  });
});

describe('addresses', () => {
  const urlOf = (model: string, { stream = false, ...settings }: { stream?: boolean; baseUrl?: string } = {}) => {
    const { operations, baseUrl } = create(settings);
    const question = { messages: [], stream };
    return operations.chat.encode(question, { provider: 'g', model, baseUrl }).request.url.href;
  };
  const root = 'https://generativelanguage.googleapis.com/v1beta';

  it.for<readonly [string, string]>([
    ['gemini-2.5-flash', 'models/gemini-2.5-flash:generateContent'],
    ['models/gemini-2.5-flash', 'models/gemini-2.5-flash:generateContent'],
    ['tunedModels/cats-1', 'tunedModels/cats-1:generateContent'],
    ['a/b', 'models/a%2Fb:generateContent'],
    ['../x', 'models/..%2Fx:generateContent'],
    ['models/..', 'models/..:generateContent'],
    ['a?b#c%2e', 'models/a%3Fb%23c%252e:generateContent'],
  ])('of the model %s end in %s', ([model, path]) => expect(urlOf(model)).toBe(`${root}/${path}`));

  it('of a stream ask for server-sent events', () => {
    expect(urlOf('m', { stream: true })).toBe(`${root}/models/m:streamGenerateContent?alt=sse`);
  });

  it.for<readonly [string, string]>([
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1beta/models/m:generateContent'],
    ['http://127.0.0.1:8080/v1/', 'http://127.0.0.1:8080/v1/models/m:generateContent'],
    ['http://127.0.0.1:8080/gemini/v1beta', 'http://127.0.0.1:8080/gemini/v1beta/models/m:generateContent'],
  ])('below %s begin with its version or the usual one', ([baseUrl, url]) => expect(urlOf('m', { baseUrl })).toBe(url));

  it('of the list of models name a page that holds them all', () => {
    expect(create({ headers: { 'X-Team': 'a' } }).models.request()).toMatchObject({
      method: 'GET',
      url: new URL(`${root}/models?pageSize=1000`),
      headers: { 'x-team': 'a' },
    });
  });
});
