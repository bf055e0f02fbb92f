import { errorRow, isGatewayError } from '@sluice/contract';
import type { JsonObject, TranscriptionResult, UploadedFile } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { atDeployment } from '../azure.js';
import { openAiChat } from '../chat-dialect.js';
import { openAiImages } from './images.js';
import { openAiModerations } from './moderations.js';
import { openAiSpeech } from './speech.js';
import { openAiTranscriptions } from './transcriptions.js';

const CONTEXT = { requestId: 'r', answerId: 'a', createdSeconds: 7, wantsUsage: true };
const FILE: UploadedFile = { filename: 'a.wav', mediaType: 'audio/wav', bytes: Uint8Array.of(1, 2) };

function refusal(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return [errorRow(error.code).status, error.details.param];
  }
  return 'accepted';
}

describe('images', () => {
  it('are asked for without a dialect', () => {
    const call = openAiImages.parse({
      model: 'gpt-image-2',
      prompt: 'A cat',
      n: 2,
      size: '1024x1024',
      quality: 'high',
      style: 'vivid',
      background: 'transparent',
      output_format: 'png',
      response_format: 'b64_json',
      user: 'u',
      moderation: 'low',
      stream: false,
    });
    expect([call.model, call.stream, call.toRequest()]).toEqual([
      'gpt-image-2',
      false,
      {
        prompt: 'A cat',
        count: 2,
        size: '1024x1024',
        quality: 'high',
        style: 'vivid',
        background: 'transparent',
        outputFormat: 'png',
        delivery: 'base64',
        user: 'u',
        extensions: { dialect: 'openai-images', fields: { moderation: 'low' } },
      },
    ]);
  });

  it('in forms that only OpenAI draws are its own', () => {
    const { outputFormat, extensions } = openAiImages
      .parse({ model: 'm', prompt: 'a', output_format: 'svg' })
      .toRequest();
    expect([outputFormat, extensions?.fields]).toEqual([undefined, { output_format: 'svg' }]);
  });

  it('are written as OpenAI writes them', () => {
    const images = [{ base64: 'aGk=', revisedPrompt: 'A cat.' }, { url: 'https://a.example/a.png' }];
    const usage = { inputTokens: 3, outputTokens: 5, images: 2 };
    expect(JSON.parse(openAiImages.writeResult({ model: 'm', images, usage }, CONTEXT))).toEqual({
      created: 7,
      data: [{ b64_json: 'aGk=', revised_prompt: 'A cat.' }, { url: 'https://a.example/a.png' }],
      usage: { input_tokens: 3, output_tokens: 5, total_tokens: 8 },
    });
  });

  it.for<[JsonObject, string]>([
    [{ model: 'm' }, 'prompt'],
    [{ prompt: 'a' }, 'model'],
    [{ model: 'm', prompt: 'a', n: 11 }, 'n'],
    [{ model: 'm', prompt: 'a', stream: true }, 'stream'],
    [{ model: 'm', prompt: 'a', api_base: 'http://a' }, 'api_base'],
  ])('are refused for %j', ([body, param]) => {
    expect(refusal(() => openAiImages.parse(body))).toEqual([400, param]);
  });
});

describe('speech', () => {
  it('is asked for without a dialect', () => {
    const body = {
      model: 'tts',
      input: 'Hi',
      voice: { id: 'v' },
      instructions: 'Slowly',
      response_format: 'wav',
      speed: 0.5,
      x: 1,
    };
    expect(openAiSpeech.parse(body).toRequest()).toEqual({
      input: 'Hi',
      voice: 'v',
      instructions: 'Slowly',
      format: 'wav',
      speed: 0.5,
      extensions: { dialect: 'openai-speech', fields: { x: 1 } },
    });
  });

  it('is as long as people would say', () => {
    expect(openAiSpeech.parse({ model: 'tts', input: 'Grüße 🎉', voice: 'v' }).characters).toBe(7);
  });

  it('is its own bytes', () => {
    const audio = Uint8Array.of(1, 2);
    expect(openAiSpeech.writeResult({ model: 'm', audio, contentType: 'audio/wav' }, CONTEXT)).toEqual({
      bytes: audio,
      contentType: 'audio/wav',
    });
  });

  it('is not told as events', () => {
    const body = { model: 'm', input: 'a', voice: 'v', stream_format: 'sse' };
    expect(refusal(() => openAiSpeech.parse(body))).toEqual([400, 'stream_format']);
  });
});

describe('transcriptions', () => {
  const form = { model: 'whisper-1', file: FILE };

  it('are asked for without a dialect', () => {
    const body = {
      ...form,
      language: 'de',
      prompt: 'Zwölf',
      temperature: '0.5',
      response_format: 'verbose_json',
      timestamp_granularities: ['word'],
      stream: 'false',
      chunking_strategy: 'auto',
    };
    expect(openAiTranscriptions.parse(body).toRequest()).toEqual({
      audio: FILE,
      language: 'de',
      prompt: 'Zwölf',
      temperature: 0.5,
      format: 'verbose_json',
      timestamps: ['word'],
      extensions: { dialect: 'openai-transcriptions', fields: { chunking_strategy: 'auto' } },
    });
  });

  it('by speakers are a form of OpenAI alone', () => {
    const { format, extensions } = openAiTranscriptions
      .parse({ ...form, response_format: 'diarized_json' })
      .toRequest();
    expect([format, extensions?.fields]).toEqual([undefined, { response_format: 'diarized_json' }]);
  });

  it.for<[JsonObject, string]>([
    [{ model: 'm' }, 'file'],
    [{ model: 'm', file: 'a.wav' }, 'file'],
    [{ ...form, temperature: 'hot' }, 'temperature'],
    [{ ...form, temperature: '2' }, 'temperature'],
    [{ ...form, stream: 'true' }, 'stream'],
  ])('are refused for %j', ([body, param]) => {
    expect(refusal(() => openAiTranscriptions.parse(body))).toEqual([400, param]);
  });

  const result: TranscriptionResult = {
    model: 'm',
    text: 'One. Two.',
    language: 'english',
    durationSeconds: 3_723.45,
    segments: [
      { start: 0, end: 1.5, text: ' One.' },
      { start: 1.5, end: 3_723.45, text: ' Two.' },
    ],
    words: [{ start: 0, end: 1, text: 'One' }],
    usage: { inputTokens: 0, outputTokens: 0, audioSeconds: 3_723.45 },
  };
  const write = (format: string | undefined, given: TranscriptionResult = result): string => {
    const written = openAiTranscriptions.writeResult(given, { ...CONTEXT, wire: { response_format: format } });
    return typeof written === 'string' ? written : `${written.contentType}\n${Buffer.from(written.bytes).toString()}`;
  };

  it('are written as text', () => {
    expect(write('text')).toBe('text/plain; charset=utf-8\nOne. Two.\n');
  });

  it('are written as subtitles', () => {
    expect([write('srt'), write('vtt')]).toEqual([
      'application/x-subrip; charset=utf-8\n1\n00:00:00,000 --> 00:00:01,500\nOne.\n\n2\n00:00:01,500 --> 01:02:03,450\nTwo.\n\n',
      'text/vtt; charset=utf-8\nWEBVTT\n\n00:00:00.000 --> 00:00:01.500\nOne.\n\n00:00:01.500 --> 01:02:03.450\nTwo.\n\n',
    ]);
  });

  it('are one subtitle where nobody knows the times', () => {
    expect(write('srt', { model: 'm', text: 'Hi' })).toContain('1\n00:00:00,000 --> 00:00:00,000\nHi\n');
  });

  it('are written with everything that is known', () => {
    expect(JSON.parse(write('verbose_json'))).toEqual({
      task: 'transcribe',
      language: 'english',
      duration: 3_723.45,
      text: 'One. Two.',
      segments: [
        { id: 0, start: 0, end: 1.5, text: ' One.' },
        { id: 1, start: 1.5, end: 3_723.45, text: ' Two.' },
      ],
      words: [{ word: 'One', start: 0, end: 1 }],
      usage: { type: 'duration', seconds: 3_723.45 },
    });
  });

  it('say what they cost', () => {
    const usage = { inputTokens: 3, outputTokens: 5 };
    expect(JSON.parse(write(undefined, { model: 'm', text: 'Hi', usage }))).toEqual({
      text: 'Hi',
      usage: { type: 'tokens', input_tokens: 3, output_tokens: 5, total_tokens: 8 },
    });
  });
});

describe('moderations', () => {
  it.for<[unknown, unknown]>([
    ['a', [[{ type: 'text', text: 'a' }]]],
    [
      ['a', 'b'],
      [[{ type: 'text', text: 'a' }], [{ type: 'text', text: 'b' }]],
    ],
    [
      [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'https://a.example/a.png' } },
      ],
      [
        [
          { type: 'text', text: 'a' },
          { type: 'image', source: { kind: 'url', url: 'https://a.example/a.png' } },
        ],
      ],
    ],
  ])('judge %j', ([input, inputs]) => {
    const call = openAiModerations.parse({ input, x: 1 });
    expect([call.model, call.toRequest()]).toEqual([
      'omni-moderation-latest',
      { inputs, extensions: { dialect: 'openai-moderations', fields: { x: 1 } } },
    ]);
  });

  it('are written as OpenAI writes them', () => {
    const verdicts = [{ flagged: true, categories: { hate: true }, scores: { hate: 0.9 } }];
    expect(JSON.parse(openAiModerations.writeResult({ id: 'i', model: 'm', verdicts }, CONTEXT))).toEqual({
      id: 'i',
      model: 'm',
      results: [{ flagged: true, categories: { hate: true }, category_scores: { hate: 0.9 } }],
    });
  });
});

describe('a deployment of Azure', () => {
  const messages = [{ role: 'user', content: 'Hi' }];
  const at = (body: unknown) => atDeployment(openAiChat).parse(body, { headers: {}, params: { model: 'mine' } });

  it('is the model, whatever the body says', () => {
    expect([at({ messages }).model, at({ messages, model: 'other' }).wire]).toEqual([
      'mine',
      { messages, model: 'mine' },
    ]);
  });

  it('does not make a request of what is none', () => {
    expect(refusal(() => at([]))).toEqual([400, undefined]);
  });
});
