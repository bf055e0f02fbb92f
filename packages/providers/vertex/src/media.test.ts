import type { ImageRequest, Operations, Target } from '@sluice/contract';
import { isGatewayError } from '@sluice/contract';
import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { vertex } from './index.js';

const create = (more: object = {}) =>
  vertex.create(
    vertex.settings.parse({ kind: 'vertex', project: 'p1', location: 'us-east5', ...more }),
    createProviderDeps(),
  );
const provider = create();
type Media = Required<Pick<Operations, 'image' | 'speech' | 'transcription' | 'rerank' | 'embed'>>;
const { image, speech, transcription, rerank, embed } = provider.operations as Media;
const HEAD = { status: 200, headers: {} };
const at = (model: string): Target => ({ provider: 'v', model, baseUrl: provider.baseUrl });
const AUDIO = { filename: 'a.wav', mediaType: 'audio/wav', bytes: Uint8Array.of(1) };

function failure(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (isGatewayError(error)) return error.details.param ?? error.code;
  }
  return 'none';
}

describe('models of other publishers', () => {
  it.for(['claude-opus-5', 'meta/llama-maas'])('such as %s make no media', (model) => {
    const asked = [
      () => image.encode({ prompt: 'a' }, at(model)),
      () => speech.encode({ input: 'a', voice: 'v' }, at(model)),
      () => transcription.encode({ audio: AUDIO }, at(model)),
    ];
    expect(asked.map(failure)).toEqual(['model', 'model', 'model']);
  });
});

describe('Imagen', () => {
  const IMAGEN = at('imagen-4.0-generate-001');
  const ask = (more: Partial<ImageRequest>) => image.encode({ prompt: 'a', ...more }, IMAGEN);

  it('is asked to predict', () => {
    expect(ask({}).request.url.pathname).toBe(
      '/v1beta1/projects/p1/locations/us-east5/publishers/google/models/imagen-4.0-generate-001:predict',
    );
  });

  it('draws four at most', () => {
    expect([failure(() => ask({ count: 5 })), failure(() => ask({ count: 4 }))]).toEqual(['n', 'none']);
  });

  it.for([
    [{}, []],
    [{ size: '1024x1024', background: 'opaque' }, []],
    [{ size: '16:9' }, []],
    [{ size: '21:9' }, ['size']],
    [{ outputFormat: 'webp', background: 'transparent', style: 'vivid' }, ['output_format', 'style', 'background']],
  ] as const)('is told of %j, apart from %j', ([more, told]) => {
    expect(ask(more).adjustments.map(({ parameter }) => parameter)).toEqual(told);
  });

  it.for(['{}', '{"predictions":[{"raiFilteredReason":"no"}]}'])('that held all back fails: %s', (text) => {
    expect(failure(() => image.decode(Buffer.from(text), HEAD, IMAGEN))).toBe('content_policy_violation');
  });
});

describe('the ranking service', () => {
  const CONFIG = 'rankingConfigs/default_ranking_config:rank';
  it.for([
    [{}, `https://discoveryengine.googleapis.com/v1/projects/p1/locations/global/${CONFIG}`],
    [{ location: 'eu' }, `https://eu-discoveryengine.googleapis.com/v1/projects/p1/locations/eu/${CONFIG}`],
    [{ baseUrl: 'https://proxy.test/g' }, `https://proxy.test/g/v1/projects/p1/locations/global/${CONFIG}`],
    [{ baseUrl: 'https://proxy.test/v1' }, `https://proxy.test/v1/projects/p1/locations/global/${CONFIG}`],
  ] as const)('of %j stands at %s', ([more, url]) => {
    const { operations } = create(more);
    const encoded = operations.rerank?.encode({ query: 'q', documents: ['a'] }, at('semantic-ranker-default@latest'));
    expect(encoded?.request.url.href).toBe(url);
  });

  it.for([
    {},
    { records: [{ id: 'x', score: 1 }] },
    { records: [{ score: 1 }] },
    { records: [{ id: '0', score: 'a' }] },
  ])('does not rank with %j', (answer) => {
    const bytes = Buffer.from(JSON.stringify(answer));
    expect(failure(() => rerank.decode(bytes, HEAD, at('m')))).toBe('upstream_invalid_response');
  });
});

it('a caller of any dialect may say what a text is embedded for', () => {
  const fields = { taskType: 'RETRIEVAL_QUERY', x: 1 };
  const { request, adjustments } = embed.encode(
    { input: ['a'], extensions: { dialect: 'openai-embeddings', fields } },
    at('text-embedding-005'),
  );
  expect([JSON.parse(String(request.body)), adjustments]).toEqual([
    { instances: [{ content: 'a', task_type: 'RETRIEVAL_QUERY' }] },
    [{ parameter: 'x', action: 'dropped' }],
  ]);
});
