import OpenAI, { AzureOpenAI, toFile } from 'openai';
import { describe, expect, it } from 'vitest';
import { TEST_CREDENTIALS } from '../credentials.js';
import { collect } from '../testing/samples.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const client = new OpenAI({ ...TEST_CREDENTIALS.openai, baseURL: `${simulator.url}/v1`, maxRetries: 0 });

describe("OpenAI's SDK, completions", () => {
  it('reads a plain answer, for each prompt one', async () => {
    const { choices, usage } = await client.completions.create({
      model: 'gpt-3.5-turbo-instruct',
      prompt: ['Hello', 'Bye'],
      echo: true,
    });
    expect([choices.map(({ text }) => text), usage?.prompt_tokens]).toEqual([['HelloHello', 'ByeHello'], 2]);
  });

  it('puts a stream together', async () => {
    const asked = {
      model: 'gpt-3.5-turbo-instruct',
      prompt: 'Hello there',
      stream: true as const,
      stream_options: { include_usage: true },
    };
    const chunks = await collect(await client.completions.create(asked));
    expect([
      chunks.map(({ choices }) => choices[0]?.text ?? '').join(''),
      chunks.at(-1)?.usage?.completion_tokens,
    ]).toEqual(['Hello there', 3]);
  });

  it('stops after 16 tokens where nothing else is said', async () => {
    const { choices } = await client.completions.create({ model: 'tokens-50', prompt: 'x' });
    expect([choices[0]?.finish_reason, choices[0]?.text.length]).toEqual(['length', 64]);
  });

  it('sends chat models where they belong', async () => {
    const asked = client.completions.create({ model: 'gpt-5-mini', prompt: 'x' });
    await expect(asked).rejects.toThrow('Did you mean to use v1/chat/completions?');
  });
});

describe("OpenAI's SDK, images", () => {
  it('gets pictures of the size asked for', async () => {
    const { data = [], usage } = await client.images.generate({
      model: 'gpt-image-1',
      prompt: 'a cat',
      n: 2,
      size: '1536x1024',
    });
    const widths = data.map(({ b64_json: base64 = '' }) => Buffer.from(base64, 'base64').readUInt32BE(16));
    expect([widths, usage?.output_tokens]).toEqual([[1_536, 1_536], 2_112]);
  });

  it('gets an address from the model that gives one', async () => {
    const { data = [] } = await client.images.generate({ model: 'dall-e-3', prompt: 'a cat' });
    expect(data[0]?.url).toMatch(/^data:image\/png;base64,/);
  });

  it('sees a picture come', async () => {
    const events = await collect(
      await client.images.generate({ model: 'gpt-image-1', prompt: 'a cat', stream: true, partial_images: 2 }),
    );
    expect(events.map(({ type }) => type)).toEqual([
      'image_generation.partial_image',
      'image_generation.partial_image',
      'image_generation.completed',
    ]);
  });

  it.for([
    [{ prompt: 'a', model: 'gpt-image-1', response_format: 'url' as const }, 'unknown_parameter'],
    [{ prompt: 'a', size: 'large' }, 'invalid_value'],
    [{ prompt: 'a', n: 11 }, 'integer_above_max_value'],
    [{ prompt: '' }, 'empty_string'],
    [{ prompt: 'a', model: 'none' }, 'model_not_found'],
  ])('throws for %j', async ([body, code]) => {
    await expect(client.images.generate(body as { prompt: string })).rejects.toMatchObject({ code });
  });
});

describe("OpenAI's SDK, audio", () => {
  it.for(['mp3', 'wav'] as const)('hears in an %s what it said', async (format) => {
    const spoken = await client.audio.speech.create({
      model: 'gpt-4o-mini-tts',
      voice: 'alloy',
      input: 'Hello there',
      response_format: format,
    });
    const file = await toFile(Buffer.from(await spoken.arrayBuffer()), `a.${format}`);
    const { text, usage } = await client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file });
    expect([spoken.headers.get('content-type'), text, usage?.type]).toEqual([
      format === 'mp3' ? 'audio/mpeg' : 'audio/wav',
      'Hello there',
      'tokens',
    ]);
  });

  it('streams speech as events', async () => {
    const spoken = await client.audio.speech.create({
      model: 'gpt-4o-mini-tts',
      voice: 'alloy',
      input: 'Hi',
      stream_format: 'sse',
    });
    expect(await spoken.text()).toMatch(/^data: \{"type":"speech.audio.delta"[^]*"type":"speech.audio.done","usage"/);
  });

  it('streams what it hears', async () => {
    const file = await toFile(Buffer.from('noise'), 'a.wav');
    const events = await collect(
      await client.audio.transcriptions.create({ model: 'gpt-4o-transcribe', file, stream: true }),
    );
    expect(events.at(-1)).toMatchObject({ type: 'transcript.text.done', text: 'A recording of 5 bytes.' });
  });

  it.for([
    ['text', /^A recording of 5 bytes\.\n$/],
    ['srt', /^1\n00:00:00,000 --> 00:00:01,380\nA recording/],
    ['vtt', /^WEBVTT\n\n00:00:00\.000 --> /],
  ] as const)('writes %s', async ([format, expected]) => {
    const file = await toFile(Buffer.from('noise'), 'a.wav');
    expect(await client.audio.transcriptions.create({ model: 'whisper-1', file, response_format: format })).toMatch(
      expected,
    );
  });

  it('tells times where it was asked to', async () => {
    const file = await toFile(Buffer.from('noise'), 'a.wav');
    const verbose = await client.audio.transcriptions.create({
      model: 'whisper-1',
      file,
      response_format: 'verbose_json',
    });
    expect(verbose).toMatchObject({
      duration: 1.38,
      segments: [{ start: 0, end: 1.38 }],
      usage: { type: 'duration', seconds: 2 },
    });
  });

  it.for([
    ['gpt-4o-transcribe', 'srt', 'unsupported_value'],
    ['whisper-1', 'xml' as 'srt', 'invalid_value'],
    ['none', 'json', 'model_not_found'],
  ] as const)('throws for %s in %s', async ([model, format, code]) => {
    const file = await toFile(Buffer.from('noise'), 'a.wav');
    const asked = client.audio.transcriptions.create({ model, file, response_format: format });
    await expect(asked).rejects.toMatchObject({ code });
  });

  it('throws for an empty recording and for speech that cannot be', async () => {
    const file = await toFile(Buffer.alloc(0), 'a.wav');
    await expect(client.audio.transcriptions.create({ model: 'whisper-1', file })).rejects.toMatchObject({
      code: 'audio_too_short',
    });
    const speech = { model: 'tts-1', voice: 'alloy', input: 'x' };
    await expect(client.audio.speech.create({ ...speech, stream_format: 'sse' })).rejects.toMatchObject({
      code: 'unsupported_value',
    });
    await expect(client.audio.speech.create({ ...speech, speed: 9 })).rejects.toMatchObject({
      code: 'integer_above_max_value',
    });
  });
});

describe("OpenAI's SDK, moderations", () => {
  it('judges texts one by one', async () => {
    const { results } = await client.moderations.create({ input: ['I will kill you', 'Hello'] });
    expect(results.map(({ flagged, categories }) => [flagged, categories.violence])).toEqual([
      [true, true],
      [false, false],
    ]);
  });

  it('judges the parts of a message together', async () => {
    const image = { type: 'image_url' as const, image_url: { url: 'https://example.com/a.png' } };
    const { results } = await client.moderations.create({
      model: 'omni-moderation-latest',
      input: [{ type: 'text', text: 'Hello' }, image],
    });
    expect(results).toMatchObject([{ flagged: false }]);
  });
});

describe("OpenAI's SDK for Azure", () => {
  const azure = new AzureOpenAI({
    ...TEST_CREDENTIALS.openai,
    endpoint: simulator.url,
    apiVersion: '2024-10-21',
    maxRetries: 0,
  });

  it('names its deployment in the address', async () => {
    const { choices } = await azure.chat.completions.create({
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: 'Hi' }],
    });
    const { data } = await azure.embeddings.create({ model: 'text-embedding-3-small', input: 'a' });
    expect([choices[0]?.message.content, data.length, simulator.requests.at(-1)?.path]).toEqual([
      'Hi',
      1,
      '/openai/deployments/text-embedding-3-small/embeddings?api-version=2024-10-21',
    ]);
  });
});
