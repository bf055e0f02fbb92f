import { BedrockRuntimeClient, ConverseCommand, CountTokensCommand } from '@aws-sdk/client-bedrock-runtime';
import type { JsonObject } from '@sluice/contract';
import { createManualClock, faultOfAwsSignature, readFixtures } from '@sluice/testkit';
import type { SignedRequest } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { bedrock } from './definition.js';

const FIXTURES = new URL('./__fixtures__/', import.meta.url);
const SECRETS: Readonly<Record<string, string>> = {
  ID: 'AKIDEXAMPLE',
  SECRET: 'wJalrXUtnFEMI/K7MDENG+bPxRfiCY',
  TOKEN: 'a/b+c==',
};
const SIGNAL = new AbortController().signal;

/** What the SDK would send. */
async function sendBySdk(command: (client: BedrockRuntimeClient) => Promise<unknown>): Promise<SignedRequest> {
  let sent: SignedRequest | undefined;
  const requestHandler = {
    handle(request: SignedRequest): Promise<never> {
      sent = request;
      return Promise.reject(new Error('nothing is sent'));
    },
  };
  const client = new BedrockRuntimeClient({
    region: 'eu-west-1',
    credentials: {
      accessKeyId: SECRETS['ID'] ?? '',
      secretAccessKey: SECRETS['SECRET'] ?? '',
      sessionToken: SECRETS['TOKEN'] ?? '',
    },
    maxAttempts: 1,
    requestHandler: requestHandler,
  });
  await command(client).catch(() => undefined);
  if (!sent) throw new Error('The SDK refused the command.');
  return sent;
}

/** The SDK takes bytes where the wire has base64. */
function withBytes(value: unknown, key = ''): unknown {
  if (typeof value === 'string')
    return key === 'bytes' || key === 'redactedContent' ? Buffer.from(value, 'base64') : value;
  if (Array.isArray(value)) return value.map((one) => withBytes(one));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, withBytes(one, name)]));
}

const MODELS = [
  'amazon.nova-micro-v1:0',
  'us.anthropic.claude-sonnet-4-5-20250929-v1:0',
  "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/mi1d(a)d!i0*g'15f",
  'arn:aws-us-gov:bedrock:us-gov-west-1::foundation-model/a b%2Fc',
];

function create() {
  const settings = bedrock.settings.parse({
    kind: 'bedrock',
    region: 'eu-west-1',
    accessKeyId: { env: 'ID' },
    secretAccessKey: { env: 'SECRET' },
    sessionToken: { env: 'TOKEN' },
  });
  return bedrock.create(settings, {
    clock: createManualClock(),
    secret: (ref) => Promise.resolve('env' in ref ? (SECRETS[ref.env] ?? '') : ''),
    send: () => Promise.reject(new Error('nothing is sent')),
  });
}

async function sendByAdapter(model: string, text = 'Hi. ☃') {
  const provider = create();
  const content = [{ type: 'text', text }] as const;
  const request = { messages: [{ role: 'user', content }], stream: false } as const;
  const encoded = provider.operations.chat?.encode(request, { provider: 'p', model, baseUrl: provider.baseUrl });
  if (!encoded) throw new Error('There is no chat.');
  const { method, url, headers, body } = await provider.authorize(encoded.request, SIGNAL);
  return { method, path: url.pathname, headers: { ...headers, host: url.host }, body: String(body) };
}

describe('against the SDK of AWS', () => {
  it.for(readFixtures(FIXTURES, 'chat').filter((one) => one.has('upstream.json')))(
    'the body of $name has nothing that the API does not know',
    async (fixture) => {
      const body = fixture.json<JsonObject>('upstream.json');
      const input = { modelId: 'm', ...(withBytes(body) as object) };
      const sent = await sendBySdk((client) => client.send(new ConverseCommand(input)));
      expect(JSON.parse(textOf(sent))).toEqual(body);
    },
  );

  it('nor has a count of tokens', async () => {
    const [fixture] = readFixtures(FIXTURES, 'countTokens');
    const body = fixture?.json<{ readonly input: never }>('upstream.json');
    const sent = await sendBySdk((client) => client.send(new CountTokensCommand({ modelId: 'm', input: body?.input })));
    expect([JSON.parse(textOf(sent)), sent.path]).toEqual([body, '/model/m/count-tokens']);
  });

  it.for(MODELS)('the address of %s is the same', async (model) => {
    const input = { modelId: model, messages: [{ role: 'user', content: [{ text: 'Hi.' }] }] } as const;
    const sent = await sendBySdk((client) =>
      client.send(new ConverseCommand({ ...input, messages: [...input.messages] as never })),
    );
    const { path, headers } = await sendByAdapter(model);
    expect([path, headers.host]).toEqual([sent.path, sent.headers['host']]);
  });

  it.for(MODELS)('both signatures for %s pass the same check', async (model) => {
    const messages = [{ role: 'user' as const, content: [{ text: 'Hi.' }] }];
    const sent = await sendBySdk((client) => client.send(new ConverseCommand({ modelId: model, messages })));
    const secret = SECRETS['SECRET'] ?? '';
    const ours = await sendByAdapter(model);
    expect([faultOfAwsSignature(lowered(sent), secret), faultOfAwsSignature(ours, secret)]).toEqual([
      undefined,
      undefined,
    ]);
  });

  it('and the check refuses what was changed on the way', async () => {
    const ours = await sendByAdapter('m');
    const secret = SECRETS['SECRET'] ?? '';
    const changed = [
      { ...ours, body: `${ours.body} ` },
      { ...ours, path: '/model/n/converse' },
      { ...ours, headers: { ...ours.headers, host: 'example.com' } },
      { ...ours, headers: { ...ours.headers, 'x-amz-security-token': 'other' } },
    ];
    expect(changed.map((request) => faultOfAwsSignature(request, secret))).toEqual([
      'another body',
      'another signature',
      'another signature',
      'another signature',
    ]);
  });
});

function lowered(request: SignedRequest): SignedRequest {
  const headers = Object.entries(request.headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  return { ...request, headers: Object.fromEntries(headers) };
}

function textOf({ body }: SignedRequest): string {
  return typeof body === 'string' ? body : new TextDecoder().decode(body);
}
