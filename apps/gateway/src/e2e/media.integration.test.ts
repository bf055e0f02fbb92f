import { AzureOpenAI } from 'openai';
import { fakeUpstream, reply } from '@sluice/testkit';
import type { ReceivedRequest, Reply } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { startGateway } from './__fixtures__/gateway.js';

const FILE = new File([Uint8Array.of(1, 0, 255)], 'a.wav', { type: 'audio/wav' });

/** A gateway whose provider `up` answers with this. */
async function gatewayTo(script: Reply) {
  const upstream = await fakeUpstream(reply().json({ data: [] }), script);
  const gateway = await startGateway({ providers: { up: { kind: 'openai', baseUrl: `${upstream.url}/v1` } } });
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

const textOf = ({ body }: ReceivedRequest): string => Buffer.from(body).toString();
const bytes = (type: string, body: string): Reply => reply().headers({ 'content-type': type }).body(body);

describe('through the OpenAI SDK', () => {
  it('text is read aloud', async () => {
    await using gateway = await gatewayTo(bytes('audio/mpeg', 'ID3sound'));
    const answer = await gateway.openai.audio.speech.create({ model: 'up/tts-1', input: 'Hi', voice: 'alloy' });
    expect([answer.headers.get('content-type'), await answer.text()]).toEqual(['audio/mpeg', 'ID3sound']);
    expect(textOf(await gateway.sent())).toBe('{"model":"tts-1","input":"Hi","voice":"alloy"}');
  });

  it('nothing reaches a browser as a page', async () => {
    await using gateway = await gatewayTo(bytes('text/html', '<script>'));
    const answer = await gateway.openai.audio.speech.create({ model: 'up/tts-1', input: 'Hi', voice: 'alloy' });
    expect(answer.headers.get('content-type')).toBe('application/octet-stream');
  });

  it('a recording is written down, the form with the model of the provider', async () => {
    await using gateway = await gatewayTo(reply().json({ text: 'Hello', usage: { type: 'duration', seconds: 2 } }));
    const answer = await gateway.openai.audio.transcriptions.create({
      model: 'up/whisper-1',
      file: FILE,
      language: 'en',
    });
    const { body, headers } = await gateway.sent();
    const form = await new Response(Buffer.from(body), {
      headers: { 'content-type': headers['content-type'] ?? '' },
    }).formData();
    const file = form.get('file') as File;
    expect([answer.text, form.get('model'), form.get('language')]).toEqual(['Hello', 'whisper-1', 'en']);
    expect([file.name, file.type, new Uint8Array(await file.arrayBuffer())]).toEqual([
      'a.wav',
      'audio/wav',
      Uint8Array.of(1, 0, 255),
    ]);
  });

  it('subtitles come as they are', async () => {
    const vtt = 'WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n';
    await using gateway = await gatewayTo(bytes('text/vtt', vtt));
    const answer = await gateway.openai.audio.transcriptions.create({
      model: 'up/whisper-1',
      file: FILE,
      response_format: 'vtt',
    });
    expect(answer).toBe(vtt);
  });

  it('pictures are made', async () => {
    await using gateway = await gatewayTo(reply().json({ created: 1, data: [{ b64_json: 'aGk=' }] }));
    const { data } = await gateway.openai.images.generate({ model: 'up/gpt-image-2', prompt: 'A cat' });
    expect([data, (await gateway.sent()).path]).toEqual([[{ b64_json: 'aGk=' }], '/v1/images/generations']);
  });

  it('content is judged by the model that OpenAI takes where none is named', async () => {
    await using gateway = await gatewayTo(reply().json({ id: 'm', model: 'omni-moderation-latest', results: [] }));
    await gateway.openai.moderations.create({ input: 'a' });
    expect(JSON.parse(textOf(await gateway.sent()))).toEqual({ model: 'omni-moderation-latest', input: 'a' });
  });

  it('a form that is none is refused before anybody is asked', async () => {
    await using gateway = await gatewayTo(reply().json({}));
    const answer = await gateway.call('/v1/audio/transcriptions', { model: 'up/whisper-1' });
    expect(answer.status).toBe(415);
  });
});

describe('through the SDK for Azure', () => {
  it('a deployment is a model, by its path', async () => {
    await using gateway = await startGateway();
    const azure = new AzureOpenAI({
      endpoint: gateway.url,
      apiKey: gateway.key,
      apiVersion: '2024-10-21',
      maxRetries: 0,
    });
    const answer = await azure.chat.completions.create({
      model: 'sim/echo',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    const [vector] = (await azure.embeddings.create({ model: 'sim/embed', input: 'Hello' })).data;
    expect([answer.choices[0]?.message.content, (vector?.embedding.length ?? 0) > 0]).toEqual(['Hello', true]);
  });

  it('newer paths are those of OpenAI', async () => {
    await using gateway = await startGateway();
    const answer = await gateway.call('/openai/v1/chat/completions', {
      model: 'sim/echo',
      messages: [{ role: 'user', content: 'Hello' }],
    });
    expect(await answer.json()).toMatchObject({ choices: [{ message: { content: 'Hello' } }] });
  });
});
