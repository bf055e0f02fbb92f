import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { bedrock } from './definition.js';

const SIGNAL = new AbortController().signal;
const PAIR = { accessKeyId: { env: 'ID' }, secretAccessKey: { env: 'SECRET' } };
const KEY = { apiKey: { env: 'KEY' } };

const parse = (settings: object) => bedrock.settings.safeParse({ kind: 'bedrock', ...settings });
const faultsOf = (settings: object): readonly string[] =>
  parse(settings).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

function create(settings: object, secrets: Readonly<Record<string, string>> = {}) {
  return bedrock.create(
    bedrock.settings.parse({ kind: 'bedrock', ...settings }),
    createProviderDeps({
      secret: (ref) => {
        const found = 'env' in ref ? secrets[ref.env] : undefined;
        return found === undefined ? Promise.reject(new Error('ENOENT')) : Promise.resolve(found);
      },
    }),
  );
}

describe('settings', () => {
  it.for([
    { region: 'us-east-1', ...PAIR },
    { region: 'us-gov-west-1', ...PAIR, sessionToken: { file: 'token' } },
    { region: 'eu-central-2', ...KEY },
    { baseUrl: 'http://127.0.0.1:9', ...KEY },
    { baseUrl: 'https://bedrock-runtime-fips.us-west-2.amazonaws.com', ...PAIR },
  ])('take %j', (settings) => {
    expect(faultsOf(settings)).toEqual([]);
  });

  it.for([
    [{ region: 'us-east-1' }, 'apiKey is required, or accessKeyId and secretAccessKey'],
    [{ region: 'us-east-1', ...PAIR, ...KEY }, 'apiKey stands beside an access key: use one of them'],
    [{ region: 'us-east-1', accessKeyId: { env: 'ID' } }, 'secretAccessKey is required beside accessKeyId'],
    [{ region: 'us-east-1', secretAccessKey: { env: 'S' } }, 'accessKeyId is required beside secretAccessKey'],
    [
      { region: 'us-east-1', ...KEY, sessionToken: { env: 'T' } },
      'sessionToken belongs to an accessKeyId, which is missing',
    ],
    [PAIR, 'region is required'],
    [{ ...PAIR, baseUrl: 'http://127.0.0.1:9' }, 'region is required'],
    [KEY, 'region is required'],
    [{ region: 'Frankfurt', ...KEY }, 'region expected an AWS region such as us-east-1'],
  ] as const)('refuse %j', ([settings, fault]) => {
    expect(faultsOf(settings)).toEqual([fault]);
  });
});

describe('the address', () => {
  it.for([
    ['us-east-1', 'https://bedrock-runtime.us-east-1.amazonaws.com/'],
    ['cn-north-1', 'https://bedrock-runtime.cn-north-1.amazonaws.com.cn/'],
    ['eusc-de-east-1', 'https://bedrock-runtime.eusc-de-east-1.amazonaws.eu/'],
    ['us-isob-east-1', 'https://bedrock-runtime.us-isob-east-1.sc2s.sgov.gov/'],
    ['us-iso-east-1', 'https://bedrock-runtime.us-iso-east-1.c2s.ic.gov/'],
  ] as const)('of %s is its own', ([region, address]) => {
    expect(create({ region, ...KEY }).baseUrl.href).toBe(address);
  });

  it('is the one that is set', () => {
    expect(create({ region: 'us-east-1', baseUrl: 'http://127.0.0.1:9/proxy', ...KEY }).baseUrl.pathname).toBe(
      '/proxy',
    );
  });

  it('has the model in one segment, below a path of its own', () => {
    const provider = create({ baseUrl: 'http://127.0.0.1:9/proxy/', ...KEY });
    const target = { provider: 'p', model: 'arn:aws:bedrock:us-east-1::m/x:0', baseUrl: provider.baseUrl };
    const encoded = provider.operations.chat?.encode({ messages: [], stream: true }, target);
    expect(encoded?.request.url.href).toBe(
      'http://127.0.0.1:9/proxy/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A%3Am%2Fx%3A0/converse-stream',
    );
  });

  it.for(['.', '..'])('has no place for a model called %j', (model) => {
    const provider = create({ region: 'us-east-1', ...KEY });
    const encode = () =>
      provider.operations.chat?.encode(
        { messages: [], stream: false },
        { provider: 'p', model, baseUrl: provider.baseUrl },
      );
    expect(encode).toThrow(expect.objectContaining({ code: 'invalid_value', details: { param: 'model' } }) as Error);
  });
});

describe('authorize', () => {
  const request = {
    method: 'POST',
    url: new URL('https://example.com/a'),
    headers: { 'content-type': 'application/json', traceparent: 't' },
    body: '{}',
  } as const;

  it('sends a Bedrock API key as a bearer token', async () => {
    const { headers } = await create({ region: 'us-east-1', ...KEY }, { KEY: 'bedrock-api-key-1' }).authorize(
      request,
      SIGNAL,
    );
    expect(headers).toEqual({ ...request.headers, authorization: 'Bearer bedrock-api-key-1' });
  });

  it('signs for the region, and nothing that others may change', async () => {
    const provider = create({ region: 'eu-west-1', ...PAIR }, { ID: 'AKID', SECRET: 's' });
    const { headers } = await provider.authorize(request, SIGNAL);
    expect(headers['authorization']).toMatch(
      /^AWS4-HMAC-SHA256 Credential=AKID\/\d{8}\/eu-west-1\/bedrock\/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
    );
    expect(headers).toMatchObject({ traceparent: 't', 'content-type': 'application/json' });
    expect(headers).not.toHaveProperty('host');
  });

  it('signs for the region that the address names', async () => {
    const baseUrl = 'https://bedrock-runtime.ap-south-1.amazonaws.com';
    const { headers } = await create({ baseUrl, ...PAIR }, { ID: 'AKID', SECRET: 's' }).authorize(request, SIGNAL);
    expect(headers['authorization']).toContain('/ap-south-1/bedrock/');
  });

  it('signs a body in pieces like the same one whole', async () => {
    const provider = create(
      { region: 'us-east-1', ...PAIR, sessionToken: { env: 'TOKEN' } },
      { ID: 'A', SECRET: 's', TOKEN: 't' },
    );
    const whole = await provider.authorize(request, SIGNAL);
    const pieces = await provider.authorize({ ...request, body: [Buffer.from('{'), Buffer.from('}')] }, SIGNAL);
    expect([pieces.headers, pieces.headers['x-amz-security-token']]).toEqual([whole.headers, 't']);
  });

  it('signs a request without a body', async () => {
    const { body: _, ...bare } = request;
    const { headers } = await create({ region: 'us-east-1', ...PAIR }, { ID: 'A', SECRET: 's' }).authorize(
      bare,
      SIGNAL,
    );
    expect(headers['x-amz-content-sha256']).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });

  it.for([KEY, PAIR, { ...PAIR, sessionToken: { env: 'GONE' } }])(
    'fails as refused credentials where %j cannot be read',
    async (settings) => {
      const provider = create({ region: 'us-east-1', ...settings }, { ID: 'A', SECRET: 's' });
      const known =
        'sessionToken' in settings || 'apiKey' in settings ? provider : create({ region: 'us-east-1', ...settings });
      await expect(known.authorize(request, SIGNAL)).rejects.toMatchObject({ code: 'upstream_auth_error' });
    },
  );

  it('sends the headers that are set, in lower case and unsigned', () => {
    const provider = create({ region: 'us-east-1', ...KEY, headers: { 'X-Team': 'a' } });
    const target = { provider: 'p', model: 'm', baseUrl: provider.baseUrl };
    expect(provider.operations.chat?.encode({ messages: [], stream: false }, target).request.headers).toEqual({
      'x-team': 'a',
      'content-type': 'application/json',
      'accept-encoding': 'identity',
    });
  });
});
