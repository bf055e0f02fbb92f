import Anthropic from '@anthropic-ai/sdk';
import { GoogleGenAI } from '@google/genai';
import { startSimulator, TEST_CREDENTIALS } from '@sluice/simulator';
import { fakeUpstream, reply } from '@sluice/testkit';
import OpenAI, { APIError } from 'openai';
import { afterAll, describe, expect, it } from 'vitest';
import { collect, failure } from './__fixtures__/collect.js';
import { startGateway } from './__fixtures__/gateway.js';

const FILE = { id: 'file-1', object: 'file', bytes: 5, created_at: 1, filename: 'a.jsonl', purpose: 'batch' };
const BATCH = { id: 'batch_1', object: 'batch', status: 'validating', input_file_id: 'file-1' };

const simulator = await startSimulator({ checkKeys: true });
const storage = await fakeUpstream(
  reply().json({ data: [] }),
  reply().json(FILE),
  reply().json(BATCH),
  reply().headers({ 'content-type': 'application/octet-stream' }).body('line\n'),
  reply().json({ id: 'file-1', object: 'file', deleted: true }),
);
const gateway = await startGateway(
  {
    providers: {
      oa: { kind: 'openai', baseUrl: `${simulator.url}/v1`, apiKey: { env: 'OA' } },
      claude: { kind: 'anthropic', baseUrl: simulator.url, apiKey: { env: 'ANT' } },
      g: { kind: 'google', baseUrl: simulator.url, apiKey: { env: 'GEM' } },
      aws: {
        kind: 'bedrock',
        baseUrl: simulator.url,
        region: 'us-east-1',
        accessKeyId: { env: 'AK' },
        secretAccessKey: { env: 'SK' },
      },
      closed: { kind: 'openai-compatible', baseUrl: simulator.url, passthrough: false },
      files: { kind: 'openai-compatible', baseUrl: `${storage.url}/v1`, apiKey: { env: 'OA' } },
    },
    catalogue: { models: { 'oa/gpt-5-mini': { prices: [{ usdPerMillionTokens: { input: 1, output: 2 } }] } } },
  },
  {
    OA: TEST_CREDENTIALS.openai.apiKey,
    ANT: TEST_CREDENTIALS.anthropic.apiKey,
    GEM: TEST_CREDENTIALS.gemini.apiKey,
    AK: TEST_CREDENTIALS.bedrock.accessKeyId,
    SK: TEST_CREDENTIALS.bedrock.secretAccessKey,
  },
);
await storage.received(1);
afterAll(async () => {
  await gateway.close();
  await simulator.close();
  await storage.close();
});

const openai = (base: string): OpenAI =>
  new OpenAI({ baseURL: `${gateway.url}/passthrough/${base}`, apiKey: gateway.key, maxRetries: 0 });
const anthropic = new Anthropic({ baseURL: `${gateway.url}/passthrough/claude`, apiKey: gateway.key, maxRetries: 0 });
const google = new GoogleGenAI({
  apiKey: gateway.key,
  httpOptions: { baseUrl: `${gateway.url}/passthrough/g` },
});
const lastRow = async () => (await gateway.rows())[0];
const messages = [{ role: 'user' as const, content: 'Hello there' }];

describe('the SDK of OpenAI through /passthrough', () => {
  it.for(['oa/v1', 'oa'])('asks at %s', async (base) => {
    const answer = await openai(base).chat.completions.create({ model: 'gpt-5-mini', messages });
    expect(answer.choices[0]?.finish_reason).toBe('stop');
    expect(await lastRow()).toMatchObject({
      model: 'gpt-5-mini',
      provider: 'oa',
      status: 200,
      inputTokens: answer.usage?.prompt_tokens,
      outputTokens: answer.usage?.completion_tokens,
      costMicroUsd: (answer.usage?.prompt_tokens ?? 0) + 2 * (answer.usage?.completion_tokens ?? 0),
      usageSource: 'provider',
    });
  });

  it('streams, with usage where it is asked for', async () => {
    const stream = await openai('oa/v1').chat.completions.create({
      model: 'gpt-5-mini',
      messages,
      stream: true,
      stream_options: { include_usage: true },
    });
    const chunks = await collect(stream);
    const usage = chunks.at(-1)?.usage;
    expect(await lastRow()).toMatchObject({ inputTokens: usage?.prompt_tokens, usageSource: 'provider', stream: true });
  });

  it('streams, with usage estimated where it is not', async () => {
    const stream = await openai('oa/v1').chat.completions.create({ model: 'gpt-5-mini', messages, stream: true });
    expect((await collect(stream)).every(({ usage }) => !usage)).toBe(true);
    expect(await lastRow()).toMatchObject({ usageSource: 'estimated' });
  });

  it('has responses stored at the vendor, and asks for them there', async () => {
    const client = openai('oa/v1');
    const { id } = await client.responses.create({ model: 'gpt-5-mini', input: 'Hi', background: true });
    expect(await lastRow()).toMatchObject({ model: 'gpt-5-mini' });
    expect((await client.responses.retrieve(id)).status).toBe('completed');
    await client.responses.delete(id);
  });

  it('lists models', async () => {
    const ids = (await openai('oa/v1').models.list()).data.map(({ id }) => id);
    expect(ids).toContain('gpt-5-mini');
  });

  it('reads the errors of the vendor', async () => {
    const error = await failure(openai('oa/v1').chat.completions.create({ model: 'gpt-5-mini', messages: [] }));
    expect(error).toBeInstanceOf(APIError);
    expect(error).toMatchObject({ status: 400 });
    expect(await lastRow()).toMatchObject({ status: 400, errorCode: 'upstream_rejected' });
  });

  it('reads the errors of the gateway', async () => {
    expect(await failure(openai('nobody/v1').models.list())).toMatchObject({ status: 404, code: 'not_found' });
    expect(await failure(openai('closed/v1').models.list())).toMatchObject({ status: 403, code: 'route_not_allowed' });
  });

  it('uploads files, starts batches, reads and deletes what is stored', async () => {
    const client = openai('files/v1');
    const file = new File(['{}\r\n\u0000\u00ff'], 'a.jsonl');
    expect(await client.files.create({ file, purpose: 'batch' })).toMatchObject(FILE);
    const batch = { input_file_id: 'file-1', endpoint: '/v1/responses', completion_window: '24h' } as const;
    expect(await client.batches.create(batch)).toMatchObject(BATCH);
    expect(await (await client.files.content('file-1')).text()).toBe('line\n');
    expect((await client.files.delete('file-1')).deleted).toBe(true);
    const calls = storage.requests.slice(1);
    expect(calls.map(({ method, path }) => `${method} ${path}`)).toEqual([
      'POST /v1/files',
      'POST /v1/batches',
      'GET /v1/files/file-1/content',
      'DELETE /v1/files/file-1',
    ]);
    expect(calls.map(({ headers }) => headers['authorization'])).toEqual(
      calls.map(() => `Bearer ${TEST_CREDENTIALS.openai.apiKey}`),
    );
    expect(Buffer.from(calls[0]?.body ?? '').includes(Buffer.from('{}\r\n\u0000\u00ff'))).toBe(true);
    expect(JSON.stringify(calls.map(({ headers }) => headers))).not.toContain(gateway.key);
  });
});

describe('the SDK of Anthropic through /passthrough', () => {
  const ask = { model: 'claude-opus-4-7', max_tokens: 40, messages };

  it('asks, streams and counts', async () => {
    const answer = await anthropic.messages.create(ask);
    expect(await lastRow()).toMatchObject({
      provider: 'claude',
      inputTokens: answer.usage.input_tokens,
      usageSource: 'provider',
    });
    const whole = await anthropic.messages.stream(ask).finalMessage();
    expect(await lastRow()).toMatchObject({ outputTokens: whole.usage.output_tokens, usageSource: 'provider' });
    expect((await anthropic.messages.countTokens({ model: ask.model, messages })).input_tokens).toBeGreaterThan(0);
  });

  it('reads the errors of the gateway in its own shape', async () => {
    const client = new Anthropic({ baseURL: `${gateway.url}/passthrough/nobody`, apiKey: gateway.key, maxRetries: 0 });
    expect(await failure(client.messages.create(ask))).toMatchObject({ status: 404, error: { type: 'error' } });
  });
});

describe('the SDK of Google through /passthrough', () => {
  it('asks, streams and lists', async () => {
    const answer = await google.models.generateContent({ model: 'gemini-3.7-flash', contents: 'Hello there' });
    expect(await lastRow()).toMatchObject({
      provider: 'g',
      model: 'gemini-3.7-flash',
      inputTokens: answer.usageMetadata?.promptTokenCount,
      usageSource: 'provider',
    });
    await collect(await google.models.generateContentStream({ model: 'gemini-3.7-flash', contents: 'Hello there' }));
    expect(await lastRow()).toMatchObject({ stream: true, usageSource: 'provider' });
    const pager = await google.models.list();
    expect(pager.page.length).toBeGreaterThan(0);
  });
});

it("a stream of Gemini's that is one list is metered too", async () => {
  const body = { contents: [{ role: 'user', parts: [{ text: 'Hello there' }] }] };
  const answer = await gateway.call('/passthrough/g/v1beta/models/gemini-3.7-flash:streamGenerateContent', body);
  expect(answer.headers.get('content-type')).toContain('application/json');
  const items = (await answer.json()) as { usageMetadata?: { promptTokenCount: number } }[];
  expect(await lastRow()).toMatchObject({
    inputTokens: items.at(-1)?.usageMetadata?.promptTokenCount,
    usageSource: 'provider',
  });
});

describe('the wire of Bedrock through /passthrough', () => {
  const call = (path: string): Promise<Response> =>
    gateway.call(`/passthrough/aws/${path}`, { messages: [{ role: 'user', content: [{ text: 'Hello there' }] }] });

  it('is signed anew', async () => {
    const answer = await call('model/us.anthropic.claude-opus-4-7-v1%3A0/converse');
    const { usage } = (await answer.json()) as { usage: { inputTokens: number } };
    expect([answer.status, await lastRow()]).toMatchObject([
      200,
      { model: 'us.anthropic.claude-opus-4-7-v1:0', inputTokens: usage.inputTokens, usageSource: 'provider' },
    ]);
  });

  it('streams in its own frames', async () => {
    const answer = await call('model/us.anthropic.claude-opus-4-7-v1%3A0/converse-stream');
    expect(answer.headers.get('content-type')).toBe('application/vnd.amazon.eventstream');
    expect((await answer.arrayBuffer()).byteLength).toBeGreaterThan(100);
    expect(await lastRow()).toMatchObject({ stream: true, usageSource: 'provider' });
  });
});
