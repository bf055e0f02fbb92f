import type { EmbedRequest } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createEmbed } from './embed.js';

const embed = createEmbed({});
const HEAD = { status: 200, headers: { 'x-amzn-bedrock-input-token-count': '7' } };
const targetOf = (model: string) => ({ provider: 'p', model, baseUrl: new URL('https://x.test') });
const encode = (model: string, request: EmbedRequest) => {
  const { request: sent, adjustments } = embed.encode(request, targetOf(model));
  return { url: sent.url.pathname, body: JSON.parse(String(sent.body)) as unknown, adjustments };
};
const decode = (answer: object) => embed.decode(Buffer.from(JSON.stringify(answer)), HEAD, targetOf('m'));
const refused = (param: string): Error =>
  expect.objectContaining({ code: 'invalid_value', details: { param } }) as Error;

describe('embeddings', () => {
  it.for([
    ['amazon.titan-embed-text-v1', { inputText: 'a' }, ['dimensions']],
    ['amazon.titan-embed-text-v2:0', { inputText: 'a', dimensions: 8 }, []],
    ['us.cohere.embed-v4:0', { texts: ['a'], input_type: 'search_document', output_dimension: 8 }, []],
    ['cohere.embed-english-v3', { texts: ['a'], input_type: 'search_document' }, ['dimensions']],
    [
      'amazon.nova-2-multimodal-embeddings-v1:0',
      {
        taskType: 'SINGLE_EMBEDDING',
        singleEmbeddingParams: {
          embeddingPurpose: 'GENERIC_INDEX',
          embeddingDimension: 8,
          text: { truncationMode: 'NONE', value: 'a' },
        },
      },
      [],
    ],
  ] as const)('are asked of %s in its own form', ([model, body, lost]) => {
    const sent = encode(model, { input: ['a'], dimensions: 8 });
    expect([sent.url, sent.body, sent.adjustments.map(({ parameter }) => parameter)]).toEqual([
      `/model/${encodeURIComponent(model)}/invoke`,
      body,
      lost,
    ]);
  });

  const IMAGE = 'data:image/png;base64,aGk=';
  it.for([
    ['cohere.embed-english-v3', { images: [IMAGE], input_type: 'image' }],
    ['cohere.embed-v4:0', { images: [IMAGE], input_type: 'image', output_dimension: 8 }],
    ['amazon.titan-embed-image-v1', { inputImage: 'aGk=', embeddingConfig: { outputEmbeddingLength: 8 } }],
    ['amazon.titan-embed-text-v2:0', { inputText: IMAGE, dimensions: 8 }],
  ] as const)('of an image are asked of %s as %j', ([model, body]) => {
    expect(encode(model, { input: [IMAGE], dimensions: 8 }).body).toEqual(body);
  });

  it('of texts by the model that sees too are asked for as texts', () => {
    expect(encode('amazon.titan-embed-image-v1', { input: ['a'] }).body).toEqual({ inputText: 'a' });
  });

  it('of an image beside a text are refused', () => {
    expect(() => encode('cohere.embed-v4:0', { input: [IMAGE, 'a'] })).toThrow(refused('input'));
  });

  it('are refused of a model that is not known to make any', () => {
    expect(() => encode('mystery', { input: ['a'] })).toThrow(refused('model'));
  });

  it.for([{ input: ['a', 'b'] }, { input: [] }, { input: [[1, 2]] }])(
    'are refused for %j where one text is taken',
    (request) => {
      expect(() => encode('amazon.titan-embed-text-v2:0', request)).toThrow(refused('input'));
    },
  );

  it('of token ids are refused', () => {
    expect(() => encode('cohere.embed-english-v3', { input: [[1]] })).toThrow(refused('input'));
  });

  it.for([
    [
      {
        embeddings: [
          [1, 2],
          [3, 4],
        ],
        texts: ['a', 'b'],
      },
      [
        [1, 2],
        [3, 4],
      ],
      7,
    ],
    [{ embeddings: { float: [[1, 2]] } }, [[1, 2]], 7],
    [{ embeddings: [{ embeddingType: 'TEXT', embedding: [1] }], inputTokenCount: 2 }, [[1]], 2],
    [{ embedding: [5], inputTextTokenCount: 3 }, [[5]], 3],
  ] as const)('are read from %j', ([answer, vectors, inputTokens]) => {
    expect(decode(answer)).toEqual({ model: '', vectors, usage: { inputTokens, outputTokens: 0 } });
  });

  it.for([{ embeddings: [] }, { embeddings: [['a']] }, { embedding: 'a' }, { embeddings: { int8: [[1]] } }])(
    'are not read from %j',
    (answer) => {
      expect(() => decode(answer)).toThrow(expect.objectContaining({ code: 'upstream_invalid_response' }) as Error);
    },
  );
});
