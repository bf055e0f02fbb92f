import type { Operation, Operations, Target, UpstreamRequest } from '@sluice/contract';
import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { createOpenAiProvider } from '../provider.js';
import { COMPATIBLE } from '../rules.js';
import { ALL_MEDIA } from './operations.js';

const { operations, baseUrl } = createOpenAiProvider({
  baseUrl: new URL('http://up.example/v1'),
  deps: createProviderDeps(),
  rules: { ...COMPATIBLE, media: ALL_MEDIA },
});
const target: Target = { provider: 'p', model: 'theirs', baseUrl };
const FILE = { filename: 'a.wav', mediaType: 'audio/wav', bytes: Uint8Array.of(1, 2) };
const json = (value: unknown): Uint8Array => Buffer.from(JSON.stringify(value));
const head = (type: string) => ({ status: 200, headers: { 'content-type': type } });
const JSON_HEAD = head('application/json');

type Media = Required<Pick<Operations, 'image' | 'speech' | 'transcription' | 'moderation'>>;
const media = operations as Media;

const bodyOf = (request: UpstreamRequest): unknown => JSON.parse(String(request.body));
function textOf({ body = '' }: UpstreamRequest): string {
  if (typeof body === 'string') return body;
  return Buffer.concat(body instanceof Uint8Array ? [body] : body).toString();
}
async function fieldsOf({ body = [], headers }: UpstreamRequest): Promise<unknown> {
  const form = await new Response(Buffer.concat(body as readonly Uint8Array[]), { headers }).formData();
  return Object.fromEntries([...form].map(([name, value]) => [name, typeof value === 'string' ? value : value.name]));
}
function through<Request, Result>(
  operation: Operation<Request, Result, never>,
  text: string,
): UpstreamRequest | undefined {
  const wire = JSON.parse(text) as Record<string, unknown>;
  return operation.passthroughs?.[0]?.encode(
    { body: Buffer.from(text), wire, stream: false, wantsUsage: true, headers: {} },
    target,
  );
}
const codeOf = (run: () => unknown): unknown => {
  try {
    run();
  } catch (error) {
    return (error as { readonly code: string }).code;
  }
  return 'none';
};

describe('images', () => {
  it('are asked for in the words of the API', () => {
    const request = {
      prompt: 'A cat',
      count: 2,
      size: '1x1',
      outputFormat: 'png',
      delivery: 'url',
      user: 'u',
    } as const;
    const { request: sent, adjustments } = media.image.encode(
      { ...request, extensions: { dialect: 'x', fields: { y: 1 } } },
      target,
    );
    expect([sent.url.href, bodyOf(sent), adjustments]).toEqual([
      'http://up.example/v1/images/generations',
      { model: 'theirs', prompt: 'A cat', n: 2, size: '1x1', output_format: 'png', response_format: 'url', user: 'u' },
      [{ parameter: 'y', action: 'dropped' }],
    ]);
  });

  it('pass through with the model replaced', () => {
    expect(textOf(through(media.image, '{"model":"mine","prompt":"a","big":1.50}') as UpstreamRequest)).toBe(
      '{"model":"theirs","prompt":"a","big":1.50}',
    );
  });

  const answer = json({
    created: 1,
    output_format: 'png',
    data: [{ b64_json: 'aGk=', revised_prompt: 'r' }],
    usage: { input_tokens: 3, output_tokens: 5 },
  });

  it('are read, with what they cost', () => {
    expect(media.image.decode(answer, JSON_HEAD, target)).toEqual({
      model: '',
      images: [{ base64: 'aGk=', mediaType: 'image/png', revisedPrompt: 'r' }],
      usage: { inputTokens: 3, outputTokens: 5, images: 1 },
    });
    expect(media.image.passthroughs?.[0]?.inspect(answer, JSON_HEAD)).toEqual({
      usage: { inputTokens: 3, outputTokens: 5, images: 1 },
    });
  });

  it.for([{}, { data: 7 }, { error: { message: 'no', code: 'content_policy_violation' } }])('are not %j', (body) => {
    expect(codeOf(() => media.image.decode(json(body), JSON_HEAD, target))).toMatch(
      /^(upstream_invalid_response|content_policy_violation)$/,
    );
  });
});

describe('speech', () => {
  it('is asked for in the words of the API', () => {
    const { request } = media.speech.encode(
      { input: 'Hi', voice: 'v', format: 'wav', speed: 2, instructions: 'i' },
      target,
    );
    expect([request.url.pathname, bodyOf(request)]).toEqual([
      '/v1/audio/speech',
      { model: 'theirs', input: 'Hi', voice: 'v', response_format: 'wav', speed: 2, instructions: 'i' },
    ]);
  });

  it('is the bytes that came, of the type that they came as', () => {
    const audio = Uint8Array.of(1, 2);
    expect(media.speech.decode(audio, head('audio/wav'), target)).toEqual({
      model: '',
      audio,
      contentType: 'audio/wav',
    });
  });

  it('is cut where nothing came', () => {
    expect(codeOf(() => media.speech.decode(new Uint8Array(), head('audio/wav'), target))).toBe('upstream_truncated');
  });
});

describe('transcriptions', () => {
  it('are asked for as a form', async () => {
    const request = {
      audio: FILE,
      language: 'de',
      prompt: 'p',
      temperature: 0.5,
      format: 'srt',
      timestamps: ['word'],
    } as const;
    const { request: sent } = media.transcription.encode(request, target);
    expect(await fieldsOf(sent)).toEqual({
      file: 'a.wav',
      model: 'theirs',
      language: 'de',
      prompt: 'p',
      temperature: '0.5',
      response_format: 'verbose_json',
      'timestamp_granularities[]': 'word',
    });
  });

  it('pass through as the form that came, the model replaced', async () => {
    const wire = { file: FILE, model: 'mine', x: 'y', timestamp_granularities: ['word'] };
    const call = { body: new Uint8Array(), wire, stream: false, wantsUsage: true, headers: {} };
    const sent = media.transcription.passthroughs?.[0]?.encode(call, target);
    expect(sent && (await fieldsOf(sent))).toEqual({
      file: 'a.wav',
      model: 'theirs',
      x: 'y',
      'timestamp_granularities[]': 'word',
    });
  });

  it('are read with everything that is timed', () => {
    const body = {
      text: 'Hi',
      language: 'english',
      duration: 2.5,
      segments: [{ id: 0, start: 0, end: 2.5, text: ' Hi', tokens: [1] }],
      words: [{ word: 'Hi', start: 0, end: 1 }],
    };
    expect(media.transcription.decode(json(body), JSON_HEAD, target)).toEqual({
      model: '',
      text: 'Hi',
      language: 'english',
      durationSeconds: 2.5,
      segments: [{ start: 0, end: 2.5, text: ' Hi' }],
      words: [{ start: 0, end: 1, text: 'Hi' }],
      usage: { inputTokens: 0, outputTokens: 0, audioSeconds: 2.5 },
    });
  });

  it.for([
    [
      { type: 'duration', seconds: 4 },
      { inputTokens: 0, outputTokens: 0, audioSeconds: 4 },
    ],
    [
      { type: 'tokens', input_tokens: 3, output_tokens: 5 },
      { inputTokens: 3, outputTokens: 5 },
    ],
  ])('cost %j', ([usage, counts]) => {
    expect(media.transcription.decode(json({ text: '', usage }), JSON_HEAD, target).usage).toEqual(counts);
  });

  it('that are no JSON count as the text that they are', () => {
    expect(media.transcription.passthroughs?.[0]?.inspect(Buffer.from('Hello'), head('text/plain'))).toEqual({
      outputChars: 5,
    });
  });
});

describe('moderations', () => {
  const text = (said: string) => [{ type: 'text' as const, text: said }];
  const image = { type: 'image' as const, source: { kind: 'url' as const, url: 'https://a.example/a.png' } };

  it.for([
    [[text('a')], 'a'],
    [
      [text('a'), text('b')],
      ['a', 'b'],
    ],
    [
      [[...text('a'), image]],
      [
        { type: 'text', text: 'a' },
        { type: 'image_url', image_url: { url: 'https://a.example/a.png' } },
      ],
    ],
  ] as const)('of %j are asked for as %j', ([inputs, input]) => {
    expect(bodyOf(media.moderation.encode({ inputs }, target).request)).toEqual({ model: 'theirs', input });
  });

  it('judge only one thing with pictures at a time', () => {
    expect(codeOf(() => media.moderation.encode({ inputs: [[image], text('a')] }, target))).toBe('invalid_value');
  });

  it('are read', () => {
    const body = {
      id: 'i',
      model: 'm',
      results: [{ flagged: true, categories: { hate: true, x: 7 }, category_scores: { hate: 0.5 } }],
    };
    expect(media.moderation.decode(json(body), JSON_HEAD, target)).toEqual({
      id: 'i',
      model: 'm',
      verdicts: [{ flagged: true, categories: { hate: true }, scores: { hate: 0.5 } }],
    });
  });

  it('are not something else', () => {
    expect(codeOf(() => media.moderation.decode(json({ results: 7 }), JSON_HEAD, target))).toBe(
      'upstream_invalid_response',
    );
  });
});
