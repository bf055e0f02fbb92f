import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { CohereClientV2 } from 'cohere-ai';
import { expect, it, onTestFinished, vi } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const CLAUDE = 'v/claude-haiku-4-5@20251001';
const QUESTION = [{ role: 'user' as const, content: 'Hi' }];
const HERE = '/v1/projects/p1/locations/us-east5';
const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** The key file of a service account whose tokens come from `address`. */
async function keyFile(address: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-vertex-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'key.json');
  const account = { type: 'service_account', client_email: 'a@p1.test', private_key: privateKey };
  await writeFile(file, JSON.stringify({ ...account, token_uri: `${address}/token` }));
  return file;
}

/** A gateway that has its token and its list of models, before answers that are given in turn. */
async function serving(...answers: readonly Reply[]) {
  const token = reply().json({ access_token: 'ya29.e2e', expires_in: 3599, token_type: 'Bearer' });
  const upstream = await fakeUpstream(token, reply().json({ publisherModels: [] }), ...answers);
  const credentials = { file: await keyFile(upstream.url) };
  const v = { kind: 'vertex', project: 'p1', location: 'us-east5', baseUrl: upstream.url, credentials };
  const gateway = await startGateway({ providers: { v } });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  await vi.waitUntil(() => upstream.requests.length > 1);
  return { gateway, calls: () => upstream.requests.slice(2), paths: () => upstream.requests.map(({ path }) => path) };
}

const event = (payload: { readonly type: string }): string =>
  `event: ${payload.type}\ndata: ${JSON.stringify(payload)}\n\n`;
const START = {
  type: 'message_start',
  message: {
    id: 'msg_vrtx_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-haiku-4-5-20251001',
    content: [],
    stop_reason: null,
    stop_sequence: null,
    usage: { input_tokens: 8, output_tokens: 1 },
  },
};
const ANSWER = [
  { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'Hey!' } },
  { type: 'content_block_stop', index: 0 },
  { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 4 } },
  { type: 'message_stop' },
].map(event);
const ADDED = { type: 'vertex_event', usage: { input_tokens: 8, output_tokens: 1 } };

it('streams Claude to a client of Anthropic, who never sees what Vertex AI adds', async () => {
  const { gateway, calls, paths } = await serving(reply().sse([event(START), event(ADDED), ...ANSWER]));
  const seen: string[] = [];
  const stream = gateway.anthropic.messages.stream({ model: CLAUDE, max_tokens: 9, messages: QUESTION });
  stream.on('streamEvent', ({ type }) => seen.push(type));
  const { id, content, usage } = await stream.finalMessage();
  expect([id, content, usage.output_tokens, seen.includes('vertex_event')]).toMatchObject([
    'msg_vrtx_1',
    [{ type: 'text', text: 'Hey!' }],
    4,
    false,
  ]);
  const [call] = calls();
  expect(paths()).toEqual([
    '/token',
    '/v1beta1/publishers/google/models?pageSize=300',
    `${HERE}/publishers/anthropic/models/claude-haiku-4-5@20251001:streamRawPredict`,
  ]);
  expect([call?.headers['authorization'], call?.headers['anthropic-version'], JSON.parse(String(call?.body))]).toEqual([
    'Bearer ya29.e2e',
    undefined,
    { anthropic_version: expect.any(String) as string, max_tokens: 9, messages: QUESTION, stream: true },
  ]);
});

it('translates for a client of OpenAI by whose model it is, with one token for all', async () => {
  const claude = { ...START.message, content: [{ type: 'text', text: 'Hey!' }], stop_reason: 'end_turn' };
  const gemini = {
    candidates: [{ content: { role: 'model', parts: [{ text: 'Hello.' }] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1, candidatesTokenCount: 2, trafficType: 'ON_DEMAND' },
    modelVersion: 'gemini-3.7-flash',
  };
  const open = { id: 'o', choices: [{ message: { role: 'assistant', content: 'Hi.' }, finish_reason: 'stop' }] };
  const { gateway, paths } = await serving(reply().json(claude), reply().json(gemini), reply().json(open));
  const said: unknown[] = [];
  for (const model of [CLAUDE, 'v/gemini-3.7-flash', 'v/deepseek-ai/deepseek-v3.1-maas']) {
    const { choices } = await gateway.openai.chat.completions.create({ model, messages: QUESTION });
    said.push(choices[0]?.message.content);
  }
  expect(said).toEqual(['Hey!', 'Hello.', 'Hi.']);
  expect(paths().slice(2)).toEqual([
    `${HERE}/publishers/anthropic/models/claude-haiku-4-5@20251001:rawPredict`,
    '/v1beta1/projects/p1/locations/us-east5/publishers/google/models/gemini-3.7-flash:generateContent',
    `${HERE}/endpoints/openapi/chat/completions`,
  ]);
});

it('tells a refusal of its credentials without what the vendor said of them', async () => {
  const refusal = { error: 'invalid_grant', error_description: 'Invalid grant: account not found' };
  const upstream = await fakeUpstream(reply().status(400).json(refusal));
  const credentials = { file: await keyFile(upstream.url) };
  const v = { kind: 'vertex', project: 'p1', location: 'us-east5', baseUrl: upstream.url, credentials };
  const gateway = await startGateway({ providers: { v } });
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  const asked = gateway.openai.chat.completions.create({ model: 'v/gemini-3.7-flash', messages: QUESTION });
  const error = (await asked.catch((thrown: unknown) => thrown)) as {
    readonly status: number;
    readonly message: string;
  };
  expect([error.status, error.message.includes('account not found')]).toEqual([502, false]);
});

it('makes pictures, sound and text of what is said, and ranks, for clients of OpenAI and Cohere', async () => {
  const made = (part: object) => ({
    candidates: [{ content: { role: 'model', parts: [part] }, finishReason: 'STOP' }],
    usageMetadata: { promptTokenCount: 1_000, candidatesTokenCount: 2_000, trafficType: 'ON_DEMAND' },
  });
  const { gateway, calls } = await serving(
    reply().json({ predictions: [{ bytesBase64Encoded: 'aGk=', mimeType: 'image/png', prompt: 'A red disk' }] }),
    reply().json(made({ inlineData: { mimeType: 'audio/L16;rate=24000', data: 'AQI=' } })),
    reply().json(made({ text: 'Hello.' })),
    reply().json({ records: [{ id: '1', score: 0.9 }] }),
  );
  const { openai } = gateway;
  const picture = await openai.images.generate({ model: 'v/imagen-4.0-generate-001', prompt: 'A disk' });
  const sound = await openai.audio.speech.create({ model: 'v/gemini-2.5-flash-tts', input: 'Hi', voice: 'Kore' });
  const file = new File([Uint8Array.of(1)], 'a.wav', { type: 'audio/wav' });
  const said = await openai.audio.transcriptions.create({ model: 'v/gemini-3.7-flash', file });
  const cohere = new CohereClientV2({ token: gateway.key, environment: gateway.url });
  const model = 'v/semantic-ranker-default@latest';
  const ranking = await cohere.rerank({ model, query: 'q', documents: ['a', 'b'], topN: 1 }).withRawResponse();
  expect([
    picture.data?.[0],
    [sound.headers.get('content-type'), (await sound.arrayBuffer()).byteLength, sound.headers.get('x-sluice-cost-usd')],
    said.text,
    [ranking.data.results[0]?.index, ranking.rawResponse.headers.get('x-sluice-cost-usd')],
  ]).toEqual([
    { b64_json: 'aGk=', revised_prompt: 'A red disk' },
    // 1,000 tokens at 0.5 USD and 2,000 at 10 USD for a million.
    ['audio/wav', 46, '0.0205'],
    'Hello.',
    [1, '0.001'],
  ]);
  const place = '/v1beta1/projects/p1/locations/us-east5/publishers/google/models';
  expect(calls().map(({ path }) => path)).toEqual([
    `${place}/imagen-4.0-generate-001:predict`,
    `${place}/gemini-2.5-flash-tts:generateContent`,
    `${place}/gemini-3.7-flash:generateContent`,
    '/v1/projects/p1/locations/global/rankingConfigs/default_ranking_config:rank',
  ]);
});
