import type { SpeechResult, Target, TranscriptionRequest } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { mistral } from '../index.js';

const provider = mistral.create(mistral.settings.parse({ kind: 'mistral' }), { secret: () => Promise.resolve('k') });
const { moderation, speech, transcription } = provider.operations;
const target: Target = { provider: 'm', model: 'voxtral', baseUrl: provider.baseUrl };
const HEAD = { status: 200, headers: {} };
const bytes = (answer: object) => Buffer.from(JSON.stringify(answer));

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return error.details.param ?? error.code;
  }
  return 'none';
}

describe('transcripts', () => {
  const audio = { filename: 'a.wav', mediaType: 'audio/wav', bytes: Uint8Array.of(1) };

  it.for<[Partial<TranscriptionRequest>, string | undefined, readonly string[]]>([
    [{ format: 'json' }, undefined, []],
    [{ format: 'verbose_json' }, 'segment', []],
    [{ timestamps: ['segment'] }, 'segment', []],
    [{ timestamps: ['word'] }, 'word', []],
    [{ format: 'vtt', timestamps: ['segment', 'word'] }, 'word', ['timestamp_granularities']],
    [{ language: 'en', timestamps: ['word'] }, 'word', ['language']],
  ])('for %j have times of one unit: %s', async ([more, unit, told]) => {
    const { request, adjustments } = transcription?.encode({ audio, ...more }, target) ?? {};
    const body = Buffer.concat((request?.body ?? []) as readonly Uint8Array[]);
    const form = await new Response(body, { headers: request?.headers ?? {} }).formData();
    expect([form.getAll('timestamp_granularities'), adjustments?.map(({ parameter }) => parameter)]).toEqual([
      unit === undefined ? [] : [unit],
      told,
    ]);
  });

  it.for([
    [
      ['Hello', ' there'],
      ['Hello', ' there'],
    ],
    [['Hello there', 'you'], undefined],
  ] as const)('in pieces of %j have the words %j', ([texts, words]) => {
    const segments = texts.map((text, start) => ({ text, start, end: start + 1 }));
    const result = transcription?.decode(bytes({ text: 'x', segments }), HEAD, target);
    expect([result?.segments?.length, result?.words?.map(({ text }) => text)]).toEqual([2, words]);
  });

  it('leave out a piece whose times are not known', () => {
    const segments = [{ text: 'a', start: null, end: null }];
    expect(transcription?.decode(bytes({ text: 'a', segments }), HEAD, target)).toEqual({ model: '', text: 'a' });
  });
});

describe('speech', () => {
  it.for([
    ['ID3sound', 'audio/mpeg'],
    ['RIFFsound', 'audio/wav'],
    ['OggS\0sound', 'audio/ogg'],
    ['fLaCsound', 'audio/flac'],
    ['\0\0\0\0', 'audio/pcm'],
  ] as const)('that begins with %j is of %s', ([sound, type]) => {
    const answer = bytes({ audio_data: Buffer.from(sound).toString('base64') });
    const { contentType, audio } = speech?.decode(answer, HEAD, target) as SpeechResult;
    expect([contentType, Buffer.from(audio).toString()]).toEqual([type, sound]);
  });

  it.for([{}, { audio_data: '' }, { audio_data: 5 }])('of %j is none', (answer) => {
    expect(failure(() => speech?.decode(bytes(answer), HEAD, target))).toBe('upstream_invalid_response');
  });
});

it('judges no images', () => {
  const image = { type: 'image', source: { kind: 'url', url: 'https://a.example/a.png' } } as const;
  expect(failure(() => moderation?.encode({ inputs: [[image]] }, target))).toBe('input');
});
