import type { ImageRequest, JsonObject, Operations, RawCall, SpeechRequest, Target } from '@sluice/contract';
import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { createOpenAiProvider } from '../provider.js';
import { COMPATIBLE } from '../rules.js';
import type { MediaRules } from '../rules.js';
import { ALL_MEDIA } from './operations.js';

type Media = Required<Pick<Operations, 'image' | 'speech' | 'transcription'>>;
const RATIOS = ['9:16', '1:1', '16:9'];

function create(rules: MediaRules): { readonly operations: Media; readonly target: Target } {
  const { operations, baseUrl } = createOpenAiProvider({
    baseUrl: new URL('http://up.example/v1'),
    deps: createProviderDeps(),
    rules: {
      ...COMPATIBLE,
      media: ALL_MEDIA,
      mediaRules: { image: rules, speech: rules, transcription: rules },
    },
  });
  return { operations: operations as Media, target: { provider: 'p', model: 'm', baseUrl } };
}

function draw(rules: MediaRules, more: Partial<ImageRequest>) {
  const { operations, target } = create(rules);
  const { request, adjustments } = operations.image.encode({ prompt: 'a', ...more }, target);
  const { model: _, prompt: __, ...fields } = JSON.parse(String(request.body)) as JsonObject;
  return {
    path: request.url.pathname,
    fields,
    told: adjustments.map(({ parameter, action }) => `${parameter} ${action}`),
  };
}

describe('a picture', () => {
  it.for<[MediaRules, Partial<ImageRequest>, JsonObject, readonly string[]]>([
    [{}, { size: '1x1', delivery: 'base64' }, { size: '1x1', response_format: 'b64_json' }, []],
    [{ size: 'width-and-height' }, { size: '640x480' }, { width: 640, height: 480 }, []],
    [{ size: 'width-and-height' }, { size: '4:3' }, {}, ['size changed']],
    [{ size: 'width-and-height' }, { size: 'auto' }, {}, []],
    [{ size: RATIOS }, { size: '16:9' }, { aspect_ratio: '16:9' }, []],
    [{ size: RATIOS }, { size: '1792x1024' }, { aspect_ratio: '16:9' }, ['size changed']],
    [{ size: RATIOS }, { size: 'large' }, {}, ['size changed']],
    [{ base64: 'base64' }, { delivery: 'base64' }, { response_format: 'base64' }, []],
    [{ base64: 'base64' }, { delivery: 'url' }, { response_format: 'url' }, []],
    [{ base64: true }, { delivery: 'base64' }, {}, []],
    [{ base64: true }, { delivery: 'url' }, {}, ['response_format changed']],
    [{ refused: ['style'] }, { style: 'vivid', quality: 'high' }, { quality: 'high' }, ['style dropped']],
  ])('by %j is asked for %j', ([rules, more, fields, told]) => {
    expect(draw(rules, more)).toEqual({ path: '/v1/images/generations', fields, told });
  });

  it('may be drawn at another path', () => expect(draw({ path: 'images' }, {}).path).toBe('/v1/images'));

  it('that was held back is a failure', () => {
    const { operations, target } = create({});
    const answer = Buffer.from(JSON.stringify({ data: [{ url: '', respect_moderation: false }] }));
    expect(() => operations.image.decode(answer, { status: 200, headers: {} }, target)).toThrow(
      expect.objectContaining({ code: 'content_policy_violation' }) as Error,
    );
  });
});

describe('a text', () => {
  it.for<[Partial<SpeechRequest>, unknown, readonly string[]]>([
    [{}, undefined, []],
    [{ format: 'mp3' }, 'mp3', []],
    [{ format: 'opus' }, 'wav', ['response_format changed']],
    [{ format: 'wav', instructions: 'Slowly' }, 'wav', ['instructions dropped']],
  ])('with %j is read aloud as %s', ([more, format, told]) => {
    const { operations, target } = create({ refused: ['instructions'], formats: ['wav', 'mp3'] });
    const { request, adjustments } = operations.speech.encode({ input: 'a', voice: 'v', ...more }, target);
    const { response_format: sent, instructions } = JSON.parse(String(request.body)) as JsonObject;
    expect([sent, instructions, adjustments.map(({ parameter, action }) => `${parameter} ${action}`)]).toEqual([
      format,
      undefined,
      told,
    ]);
  });
});

it('a recording goes without what the server has no place for', () => {
  const { operations, target } = create({ refused: ['prompt'] });
  const audio = { filename: 'a.wav', mediaType: 'audio/wav', bytes: Uint8Array.of(1) };
  const { request, adjustments } = operations.transcription.encode({ audio, prompt: 'p', language: 'de' }, target);
  const form = Buffer.concat(request.body as readonly Uint8Array[]).toString();
  expect([form.includes('name="prompt"'), form.includes('name="language"'), adjustments]).toEqual([
    false,
    true,
    [{ parameter: 'prompt', action: 'dropped' }],
  ]);
});

describe('a request as it came', () => {
  const RULES: MediaRules = { refused: ['style'], formats: ['json'], size: RATIOS };
  it.for<[MediaRules, JsonObject, boolean]>([
    [{}, { size: '1x1', style: 'x', response_format: 'srt' }, true],
    [RULES, { prompt: 'a', response_format: 'json' }, true],
    [RULES, { style: 'x' }, false],
    [RULES, { size: '1x1' }, false],
    [RULES, { response_format: 'srt' }, false],
    [{ base64: true }, { response_format: 'b64_json' }, false],
  ])('at a server with %j, %j, passes: %s', ([rules, wire, passes]) => {
    const { operations, target } = create(rules);
    const call: RawCall = { body: new Uint8Array(), wire, stream: false, wantsUsage: true, headers: {} };
    const all = [operations.image, operations.speech, operations.transcription];
    const taken = all.map(({ passthroughs: [through] = [] }) => through?.takes?.(call, target));
    expect(taken).toEqual([passes, passes, passes]);
  });
});
