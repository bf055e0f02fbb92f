import { fakeUpstream, reply } from '@sluice/testkit';
import type { Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const FILE = new File([Uint8Array.of(1, 0, 255)], 'a.mp3', { type: 'audio/mpeg' });

async function gatewayTo(kind: 'groq' | 'mistral', script: Reply) {
  const upstream = await fakeUpstream(reply().json({ data: [] }), script);
  const gateway = await startGateway({ providers: { up: { kind, baseUrl: `${upstream.url}/v1` } } });
  await upstream.received(1);
  return {
    ...gateway,
    sent: () => upstream.received(2),
    async [Symbol.asyncDispose]() {
      await gateway.close();
      await upstream.close();
    },
  };
}

const costOf = ({ headers }: Response): string | null => headers.get('x-sluice-cost-usd');

describe('Mistral, for a client of OpenAI', () => {
  const TRANSCRIPT = {
    model: 'voxtral-mini-2602',
    text: 'Hello. Bye.',
    language: null,
    segments: [
      { type: 'transcription_segment', text: 'Hello.', start: 0.1, end: 1 },
      { type: 'transcription_segment', text: ' Bye.', start: 1, end: 2.5 },
    ],
    usage: { prompt_audio_seconds: 36, prompt_tokens: 13, completion_tokens: 151, total_tokens: 164 },
  };

  it('writes subtitles, and is paid by the second', async () => {
    await using gateway = await gatewayTo('mistral', reply().json(TRANSCRIPT));
    const { data, response } = await gateway.openai.audio.transcriptions
      .create({ model: 'up/voxtral-mini-2602', file: FILE, response_format: 'srt' })
      .withResponse();
    expect(data).toBe('1\n00:00:00,100 --> 00:00:01,000\nHello.\n\n2\n00:00:01,000 --> 00:00:02,500\nBye.\n\n');
    // 36 seconds at 0.00005 USD.
    expect(costOf(response)).toBe('0.0018');
    const { body, headers, path } = await gateway.sent();
    const form = await new Response(Buffer.from(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
    expect([path, [...form.keys()], form.get('timestamp_granularities')]).toEqual([
      '/v1/audio/transcriptions',
      ['file', 'model', 'timestamp_granularities'],
      'segment',
    ]);
  });

  it('judges texts', async () => {
    const results = [{ categories: { pii: true }, category_scores: { pii: 0.9 } }];
    await using gateway = await gatewayTo(
      'mistral',
      reply().json({ id: 'm', model: 'mistral-moderation-2603', results }),
    );
    const answer = await gateway.openai.moderations.create({ model: 'up/mistral-moderation-2603', input: 'a' });
    expect(answer.results).toEqual([{ flagged: true, categories: { pii: true }, category_scores: { pii: 0.9 } }]);
  });

  it('reads aloud, and is paid by the character', async () => {
    const audio = Buffer.from('ID3sound');
    await using gateway = await gatewayTo('mistral', reply().json({ audio_data: audio.toString('base64') }));
    const answer = await gateway.openai.audio.speech.create({
      model: 'up/voxtral-mini-tts-2603',
      input: 'Grüße 🎉',
      voice: 'en_paul_neutral',
    });
    expect([answer.headers.get('content-type'), await answer.text(), costOf(answer)]).toEqual([
      'audio/mpeg',
      'ID3sound',
      // Seven characters at 0.000016 USD.
      '0.000112',
    ]);
    expect((await gateway.rows())[0]).toMatchObject({ costMicroUsd: 112, usageSource: 'counted' });
  });
});

it('speech that passes through is paid by the character too', async () => {
  const sound = reply().headers({ 'content-type': 'audio/wav' }).body('RIFFsound');
  await using gateway = await gatewayTo('groq', sound);
  const answer = await gateway.openai.audio.speech.create({
    model: 'up/canopylabs/orpheus-v1-english',
    input: 'Hello',
    voice: 'tara',
  });
  expect([await answer.text(), costOf(answer)]).toEqual(['RIFFsound', '0.00011']);
});

it('long speech is paid by all of its characters', async () => {
  const sound = reply().headers({ 'content-type': 'audio/wav' }).body('RIFFsound');
  await using gateway = await gatewayTo('groq', sound);
  const input = 'Hello'.repeat(4_000);
  const answer = await gateway.openai.audio.speech.create({
    model: 'up/canopylabs/orpheus-v1-english',
    input,
    voice: 'tara',
  });
  expect([await answer.text(), costOf(answer)]).toEqual(['RIFFsound', '0.44']);
});
