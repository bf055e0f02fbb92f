import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { CohereClientV2 } from 'cohere-ai';
import { expect, it, onTestFinished } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

/** A gateway whose provider `up` answers with this. */
async function gatewayTo(settings: { readonly kind: string }, script: Reply) {
  const upstream = await fakeUpstream(reply().json({ data: [] }), script);
  const gateway = await startGateway({ providers: { up: { ...settings, baseUrl: `${upstream.url}/v1` } } });
  await upstream.received(1);
  onTestFinished(async () => {
    await gateway.close();
    await upstream.close();
  });
  return { gateway, sent: () => upstream.received(2) };
}

const PICTURE = reply().json({ created: 1, data: [{ b64_json: 'aGk=' }] });

it.each([
  [{ kind: 'openrouter' }, '/v1/images', { fields: { size: '1536x1024' }, told: null }],
  [{ kind: 'xai' }, '/v1/images/generations', { fields: { aspect_ratio: '3:2' }, told: 'size=changed' }],
  [
    { kind: 'openai-compatible', preset: 'together' },
    '/v1/images/generations',
    { fields: { width: 1_536, height: 1_024, response_format: 'base64' }, told: null },
  ],
] as const)('%j draws for a client of OpenAI', async (settings, path, { fields, told }) => {
  const { gateway, sent } = await gatewayTo(settings, PICTURE);
  const isTogether = 'preset' in settings;
  const { data, response } = await gateway.openai.images
    .generate({
      model: 'up/painter',
      prompt: 'A cat',
      size: '1536x1024',
      ...(isTogether ? { response_format: 'b64_json' as const } : {}),
    })
    .withResponse();
  const { path: asked, body } = await sent();
  expect([data.data?.[0]?.b64_json, asked, JSON.parse(body.toString())]).toEqual([
    'aGk=',
    path,
    { model: 'painter', prompt: 'A cat', ...fields },
  ]);
  expect(response.headers.get('x-sluice-adjustments')).toBe(told);
});

it.each([
  [{ kind: 'openrouter' }, { results: [{ index: 1, relevance_score: 0.9 }], usage: { search_units: 1 } }],
  [
    { kind: 'openai-compatible', preset: 'fireworks' },
    { object: 'list', data: [{ index: 1, relevance_score: 0.9, document: 'b' }], usage: { total_tokens: 9 } },
  ],
] as const)("%j ranks for a client of Cohere's", async (settings, answer) => {
  const { gateway, sent } = await gatewayTo(settings, reply().json(answer));
  const cohere = new CohereClientV2({ token: gateway.key, environment: gateway.url });
  const { results } = await cohere.rerank({ model: 'up/ranker', query: 'q', documents: ['a', 'b'] });
  expect([results[0]?.index, results[0]?.relevanceScore, (await sent()).path]).toEqual([1, 0.9, '/v1/rerank']);
});

it('OpenRouter gives subtitles, which it has no format for', async () => {
  const said = { text: 'Hi.', segments: [{ id: 0, start: 0, end: 1, text: 'Hi.' }], usage: { seconds: 1, cost: 0 } };
  const { gateway, sent } = await gatewayTo({ kind: 'openrouter' }, reply().json(said));
  const file = new File([Uint8Array.of(1)], 'a.wav', { type: 'audio/wav' });
  const asked = { model: 'up/openai/whisper-1', file, response_format: 'srt' } as const;
  const subtitles = await gateway.openai.audio.transcriptions.create(asked);
  const { body } = await sent();
  expect([subtitles, body.toString().includes('verbose_json')]).toEqual([
    '1\n00:00:00,000 --> 00:00:01,000\nHi.\n\n',
    true,
  ]);
});
