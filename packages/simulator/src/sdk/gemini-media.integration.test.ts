import { GoogleGenAI, Modality } from '@google/genai';
import { describe, expect, it } from 'vitest';
import { TEST_CREDENTIALS } from '../credentials.js';
import { hear, speak } from '../media/speech.js';
import { simulateForFile } from '../testing/client.js';

const simulator = await simulateForFile({ checkKeys: true });
const { apiKey } = TEST_CREDENTIALS.gemini;
const client = new GoogleGenAI({ apiKey, httpOptions: { baseUrl: simulator.url } });
const recording = speak('Hello there', 'wav').toString('base64');

const make = (model: string, modality: Modality, more: object = {}) =>
  client.models.generateContent({
    model,
    contents: 'Hello there',
    config: { responseModalities: [modality], ...more },
  });
const voiced = (voiceName: string) => ({ speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName } } } });

describe("Google's SDK, media", () => {
  it('gets a picture of the ratio asked for', async () => {
    const { data = '', usageMetadata } = await make('gemini-3.1-flash-image', Modality.IMAGE, {
      imageConfig: { aspectRatio: '4:1' },
    });
    const png = Buffer.from(data, 'base64');
    expect([png.readUInt32BE(16), png.readUInt32BE(20), usageMetadata?.candidatesTokenCount]).toEqual([
      2_048, 512, 1_290,
    ]);
  });

  it('gets a file of sound from current models, samples from early ones', async () => {
    const current = await make('gemini-3.8-flash-tts', Modality.AUDIO, voiced('Kore'));
    const early = await make('gemini-2.5-flash-preview-tts', Modality.AUDIO, voiced('Kore'));
    const typeOf = ({ candidates }: typeof current) => candidates?.[0]?.content?.parts?.[0]?.inlineData?.mimeType;
    expect([typeOf(current), hear(Buffer.from(current.data ?? '', 'base64')), typeOf(early)]).toEqual([
      'audio/wav',
      'Hello there',
      'audio/L16;codec=pcm;rate=24000',
    ]);
  });

  it.for([
    [
      'a voice that there is not',
      () => make('gemini-3.8-flash-tts', Modality.AUDIO, voiced('alloy')),
      'Voice name alloy',
    ],
    [
      'a picture by a model that does not draw',
      () => make('gemini-2.5-flash', Modality.IMAGE),
      '(IMAGE) is not supported',
    ],
    ['text by a model that only speaks', () => make('gemini-3.8-flash-tts', Modality.TEXT), '* AUDIO'],
    [
      'a ratio that there is not',
      () => make('gemini-3.1-flash-image', Modality.IMAGE, { imageConfig: { aspectRatio: '7:5' } }),
      'image_config.aspect_ratio',
    ],
  ] as const)('is refused %s', async ([, ask, message]) => {
    await expect(ask()).rejects.toThrow(message);
  });

  it('gets what a recording says, from whoever hears', async () => {
    const { text } = await client.models.generateContent({
      model: 'gemini-2.5-flash',
      contents: [
        {
          role: 'user',
          parts: [{ text: 'Write it down.' }, { inlineData: { mimeType: 'audio/wav', data: recording } }],
        },
      ],
    });
    expect(text).toBe('Hello there');
  });

  it('gets a transcript with times', async () => {
    const { status, steps, usage } = await client.interactions.create({
      model: 'gemini-3.5-transcribe',
      input: [{ type: 'audio', data: recording, mime_type: 'audio/wav' }],
      generation_config: { transcription_config: { mode: { type: 'verbatim', timestamp_granularities: ['word'] } } },
    });
    expect([status, steps, usage?.total_input_tokens]).toMatchObject([
      'completed',
      [
        {
          content: [
            {
              text: 'Hello there',
              annotations: [
                { text: 'Hello', start_offset: '0s', end_offset: '0.3s' },
                { text: 'there', start_offset: '0.36s', end_offset: '0.66s' },
              ],
            },
          ],
        },
      ],
      3,
    ]);
  });

  it('is refused a recording without bytes', async () => {
    const asked = client.interactions.create({
      model: 'gemini-3.5-transcribe',
      input: [{ type: 'audio', data: '', mime_type: 'audio/wav' }],
    });
    await expect(asked).rejects.toThrow();
  });
});
