import type { ImageRequest, SpeechRequest, Target, TranscriptionRequest, UploadedFile } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { google } from '../index.js';
import { toPictureShape } from './picture-shape.js';

const provider = google.create(google.settings.parse({ kind: 'google' }), { secret: () => Promise.resolve('k') });
const { image, speech, transcription, embed } = provider.operations;
const HEAD = { status: 200, headers: {} };
const at = (model: string): Target => ({ provider: 'g', model, baseUrl: provider.baseUrl });
const bodyOf = ({ request }: ReturnType<typeof image.encode>): unknown => JSON.parse(String(request.body));
const answer = (parts: readonly object[], finishReason = 'STOP') =>
  Buffer.from(JSON.stringify({ candidates: [{ content: { parts }, finishReason }] }));

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return [error.code, ...(error.details.param === undefined ? [] : [error.details.param])];
  }
  return 'none';
}

describe('the shape of a picture', () => {
  it.for([
    [undefined, {}, true],
    ['auto', {}, true],
    ['1024x1024', { aspectRatio: '1:1' }, true],
    ['2048x2048', { aspectRatio: '1:1', imageSize: '2K' }, true],
    ['4096x4096', { aspectRatio: '1:1', imageSize: '4K' }, true],
    ['512x512', { aspectRatio: '1:1' }, false],
    ['1536x1024', { aspectRatio: '3:2' }, false],
    ['1024x1792', { aspectRatio: '9:16' }, false],
    ['3840x2160', { aspectRatio: '16:9', imageSize: '2K' }, false],
    ['16:9', { aspectRatio: '16:9' }, true],
    ['8:1', { aspectRatio: '8:1' }, true],
    ['32:18', { aspectRatio: '16:9' }, true],
    ['7:5', { aspectRatio: '4:3' }, false],
    ['2K', { imageSize: '2K' }, true],
    ['large', {}, false],
    ['0x5', {}, false],
  ] as const)('for a wish of %s is the nearest that there is', ([size, shape, isExact]) => {
    expect(toPictureShape(size, true)).toEqual({ ...shape, isExact });
  });

  it.for(['2048x2048', '2K'])('of %s is not as asked from a model of one size', (size) => {
    expect(toPictureShape(size, false)).toMatchObject({ isExact: false });
    expect(toPictureShape(size, false)).not.toHaveProperty('imageSize');
  });
});

describe('pictures', () => {
  const ask = (more: Partial<ImageRequest>) => () =>
    image.encode({ prompt: 'A cat', ...more }, at('gemini-3-pro-image'));
  const read = (bytes: Uint8Array) => () => image.decode(bytes, HEAD, at('gemini-3-pro-image'));

  it('are refused by the dozen', () => {
    expect([failure(ask({ count: 2 })), failure(ask({ count: 1 }))]).toEqual([['invalid_value', 'n'], 'none']);
  });

  it.for([
    ['that the vendor held back', answer([], 'IMAGE_SAFETY'), 'content_policy_violation'],
    ['whose prompt was blocked', Buffer.from('{"promptFeedback":{"blockReason":"OTHER"}}'), 'content_policy_violation'],
    ['that never came', answer([], 'NO_IMAGE'), 'upstream_invalid_response'],
    ['in place of which there is talk', answer([{ text: 'I cannot draw.' }]), 'upstream_invalid_response'],
    [
      'that the model only drew to itself',
      answer([{ thought: true, inlineData: { mimeType: 'image/png', data: 'aGk=' } }]),
      'upstream_invalid_response',
    ],
    [
      'that are cut',
      answer([{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }], 'MAX_TOKENS'),
      'upstream_truncated',
    ],
  ] as const)('%s are a failure', ([, bytes, code]) => {
    expect(failure(read(bytes))).toEqual([code]);
  });
});

describe('speech', () => {
  const ask = (more: Partial<SpeechRequest>, model: string) =>
    speech.encode({ input: 'Hi', voice: 'Kore', ...more }, at(model));
  const VOICES = { multiSpeakerVoiceConfig: { speakerVoiceConfigs: [] } };
  const several = { extensions: { dialect: 'openai-speech', fields: { speechConfig: VOICES } } };

  it('of several voices has no single one, and no instructions that an early model would read aloud', () => {
    const encoded = ask({ ...several, instructions: 'Whisper' }, 'gemini-2.5-pro-preview-tts');
    expect([bodyOf(encoded), encoded.adjustments]).toMatchObject([
      { contents: [{ parts: [{ text: 'Hi' }] }], generationConfig: { speechConfig: VOICES } },
      [{ parameter: 'instructions', action: 'dropped' }],
    ]);
  });

  it('keeps the pace at which it comes', () => {
    const bytes = answer([{ inlineData: { mimeType: 'audio/L16;rate=16000', data: 'AQI=' } }]);
    const { audio } = speech.decode(bytes, HEAD, at('gemini-2.5-flash-preview-tts'));
    expect(Buffer.from(audio).readUInt32LE(24)).toBe(16_000);
  });

  it('without sound is a failure', () => {
    const bytes = answer([{ text: 'Hi' }]);
    expect(failure(() => speech.decode(bytes, HEAD, at('m')))).toEqual(['upstream_invalid_response']);
  });
});

describe('transcripts', () => {
  const FILE: UploadedFile = { filename: 'a.mp3', mediaType: '', bytes: Uint8Array.of(1) };
  const ask = (more: Partial<TranscriptionRequest>, model: string) =>
    transcription.encode({ audio: FILE, ...more }, at(model));

  it.for([
    ['audio/mpeg; codecs=x', 'a', 'audio/mp3'],
    ['audio/x-wav', 'a', 'audio/wav'],
    ['video/webm', 'a.webm', 'video/webm'],
    ['application/octet-stream', 'A.OGG', 'audio/ogg'],
    ['', 'unknown', 'audio/wav'],
  ] as const)('of a file of type "%s" called %s are of %s', ([mediaType, filename, mimeType]) => {
    const audio = { ...FILE, mediaType, filename };
    expect(bodyOf(ask({ audio }, 'gemini-3.7-flash'))).toMatchObject({
      contents: [{ parts: [{}, { inlineData: { mimeType, data: 'AQ==' } }] }],
    });
  });

  it.for(['srt', 'vtt'] as const)('by a model that tells no times are no %s', (format) => {
    expect(failure(() => ask({ format }, 'gemini-3.7-flash'))).toEqual(['invalid_value', 'response_format']);
  });

  it('are refused where a model only takes sound as it is spoken', () => {
    expect(failure(() => ask({}, 'gemini-3.5-transcribe-live'))).toEqual(['invalid_value', 'model']);
  });

  it.for([
    ['failed', 'upstream_invalid_response'],
    ['incomplete', 'upstream_truncated'],
  ] as const)('with the status %s are a failure', ([status, code]) => {
    const bytes = Buffer.from(JSON.stringify({ status, steps: [] }));
    expect(failure(() => transcription.decode(bytes, HEAD, at('gemini-3.5-transcribe')))).toEqual([code]);
  });

  it('of silence are empty', () => {
    expect(transcription.decode(answer([]), HEAD, at('gemini-3.7-flash')).text).toBe('');
  });

  it('that broke off are a failure', () => {
    const bytes = answer([{ text: 'Half of i' }], 'MAX_TOKENS');
    expect(failure(() => transcription.decode(bytes, HEAD, at('m')))).toEqual(['upstream_truncated']);
  });
});

it('a caller of any dialect may say what a text is embedded for', () => {
  const fields = { taskType: 'RETRIEVAL_QUERY', x: 1 };
  const { request, adjustments } = embed.encode(
    { input: ['a'], extensions: { dialect: 'openai-embeddings', fields } },
    at('gemini-embedding-001'),
  );
  expect([JSON.parse(String(request.body)), adjustments]).toMatchObject([
    { requests: [{ taskType: 'RETRIEVAL_QUERY' }] },
    [{ parameter: 'x', action: 'dropped' }],
  ]);
});

it.for([
  ['gemini-embedding-2', { inlineData: { mimeType: 'image/png', data: 'aGk=' } }],
  ['gemini-embedding-001', { text: 'data:image/png;base64,aGk=' }],
] as const)('%s sees an image as %j', ([model, part]) => {
  const { request } = embed.encode({ input: ['data:image/png;base64,aGk=', 'a'] }, at(model));
  expect(JSON.parse(String(request.body))).toMatchObject({
    requests: [{ content: { parts: [part] } }, { content: { parts: [{ text: 'a' }] } }],
  });
});
