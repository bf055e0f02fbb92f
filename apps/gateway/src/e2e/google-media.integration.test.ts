import { TEST_CREDENTIALS, startSimulator } from '@sluice/simulator';
import { toFile } from 'openai';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

/** The gateway with an account at a strict stand-in for the Gemini API, and one at Anthropic, which makes no media. */
async function start() {
  const simulator = await startSimulator({ checkKeys: true });
  const gateway = await startGateway(
    {
      providers: {
        g: { kind: 'google', baseUrl: simulator.url, apiKey: { env: 'GEMINI_KEY' } },
        claude: { kind: 'anthropic', baseUrl: simulator.url },
      },
      models: {
        painter: {
          targets: [
            { provider: 'claude', model: 'claude-opus-5' },
            { provider: 'g', model: 'gemini-3.1-flash-image' },
          ],
        },
      },
    },
    { GEMINI_KEY: TEST_CREDENTIALS.gemini.apiKey },
  );
  return {
    ...gateway,
    simulator,
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await simulator.close();
    },
  };
}

const told = (response: Response) => ({
  adjustments: response.headers.get('x-sluice-adjustments'),
  cost: response.headers.get('x-sluice-cost-usd'),
});

describe('a client of OpenAI, at Gemini', () => {
  it('gets a picture, and pays for its tokens', async () => {
    await using gateway = await start();
    const { data, response } = await gateway.openai.images
      .generate({ model: 'g/gemini-3.1-flash-image', prompt: 'A cat', size: '1536x1024' })
      .withResponse();
    const png = Buffer.from(data.data?.[0]?.b64_json ?? '', 'base64');
    expect([png.readUInt32BE(16), png.readUInt32BE(20), data.usage]).toMatchObject([
      1_254,
      836,
      { input_tokens: 2, output_tokens: 1_290 },
    ]);
    // 2 tokens at 0.5 USD and 1,290 at 60 USD for a million.
    expect(told(response)).toEqual({ adjustments: 'size=changed', cost: '0.077401' });
    expect((await gateway.rows())[0]).toMatchObject({ outputTokens: 1_290, costMicroUsd: 77_401 });
  });

  it('gets one by way of an alias whose first target cannot draw', async () => {
    await using gateway = await start();
    const { response } = await gateway.openai.images.generate({ model: 'painter', prompt: 'A cat' }).withResponse();
    expect(response.headers.get('x-sluice-provider')).toBe('g');
  });

  it('is refused several pictures at once', async () => {
    await using gateway = await start();
    const asked = gateway.openai.images.generate({ model: 'g/gemini-3.1-flash-image', prompt: 'A cat', n: 2 });
    await expect(asked).rejects.toMatchObject({ status: 400, param: 'n' });
  });

  it('has a text read aloud, as a file that players open', async () => {
    await using gateway = await start();
    const answer = await gateway.openai.audio.speech.create({
      model: 'g/gemini-2.5-flash-preview-tts',
      input: 'Hello',
      voice: 'alloy',
    });
    const sound = Buffer.from(await answer.arrayBuffer());
    expect([answer.headers.get('content-type'), sound.toString('latin1', 0, 4), sound.length]).toEqual([
      'audio/wav',
      'RIFF',
      44 + 0.3 * 24_000 * 2,
    ]);
    expect(told(answer)).toEqual({ adjustments: 'voice=changed', cost: '0.000081' });
  });

  it.each([
    ['gemini-2.5-flash', 'transcription=emulated'],
    ['gemini-3.5-transcribe', null],
  ])('has a recording written down by %s', async (model, adjustments) => {
    await using gateway = await start();
    const spoken = await gateway.openai.audio.speech.create({
      model: 'g/gemini-3.8-flash-tts',
      input: 'Hello there',
      voice: 'Kore',
      response_format: 'wav',
    });
    const file = await toFile(await spoken.arrayBuffer(), 'a.wav', { type: 'audio/wav' });
    const { data, response } = await gateway.openai.audio.transcriptions
      .create({ model: `g/${model}`, file })
      .withResponse();
    expect([data.text, response.headers.get('x-sluice-adjustments')]).toEqual(['Hello there', adjustments]);
  });

  it('gets the times of words, as subtitles too', async () => {
    await using gateway = await start();
    const spoken = await gateway.openai.audio.speech.create({
      model: 'g/gemini-3.8-flash-tts',
      input: 'Hello there',
      voice: 'Kore',
    });
    const file = await toFile(await spoken.arrayBuffer(), 'a.wav', { type: 'audio/wav' });
    const asked = { model: 'g/gemini-3.5-transcribe', file };
    const { words } = await gateway.openai.audio.transcriptions.create({
      ...asked,
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
    });
    expect(words).toEqual([
      { word: 'Hello', start: 0, end: 0.3 },
      { word: 'there', start: 0.36, end: 0.66 },
    ]);
    const subtitles = await gateway.openai.audio.transcriptions.create({ ...asked, response_format: 'srt' });
    expect(subtitles).toBe('1\n00:00:00,000 --> 00:00:00,660\nHello there\n\n');
  });

  it('embeds a picture that it has', async () => {
    await using gateway = await start();
    const body = { model: 'g/gemini-embedding-2', input: ['data:image/png;base64,aGk=', 'Hi'], dimensions: 8 };
    const { data } = await gateway.openai.embeddings.create(body);
    const sent = gateway.simulator.requests.at(-1);
    expect([data.length, sent?.path]).toEqual([2, '/v1beta/models/gemini-embedding-2:batchEmbedContents']);
  });

  it('embeds for a purpose', async () => {
    await using gateway = await start();
    const body = { model: 'g/gemini-embedding-001', input: ['a', 'b'], dimensions: 8, taskType: 'RETRIEVAL_QUERY' };
    const { data, response } = await gateway.openai.embeddings.create(body).withResponse();
    expect([data.data.map(({ embedding }) => embedding.length), response.headers.get('x-sluice-adjustments')]).toEqual([
      [8, 8],
      null,
    ]);
  });
});
