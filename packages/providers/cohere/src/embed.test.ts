import type { EmbedRequest, JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createEmbed } from './embed.js';

const IMAGE = 'data:image/png;base64,aGk=';
const embed = createEmbed({});
const encode = (model: string, request: EmbedRequest): JsonObject => {
  const target = { provider: 'co', model, baseUrl: new URL('https://x.test') };
  return JSON.parse(String(embed.encode(request, target).request.body)) as JsonObject;
};

describe('an image', () => {
  it('stands among texts, each an input of its own', () => {
    expect(encode('embed-v4.0', { input: ['a', IMAGE], dimensions: 256 })).toEqual({
      model: 'embed-v4.0',
      input_type: 'search_document',
      truncate: 'NONE',
      embedding_types: ['float'],
      output_dimension: 256,
      inputs: [
        { content: [{ type: 'text', text: 'a' }] },
        { content: [{ type: 'image_url', image_url: { url: IMAGE } }] },
      ],
    });
  });

  it('goes alone to models that take no other', () => {
    expect(encode('embed-english-v3.0', { input: [IMAGE] })).toMatchObject({ images: [IMAGE], input_type: 'image' });
    expect(() => encode('embed-english-v3.0', { input: [IMAGE, 'a'] })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'input' } }) as Error,
    );
  });

  it('is counted in tokens, or as one', () => {
    const answer = (billed: object) =>
      Buffer.from(JSON.stringify({ embeddings: { float: [[1]] }, meta: { billed_units: billed } }));
    const target = { provider: 'co', model: 'embed-v4.0', baseUrl: new URL('https://x.test') };
    const usages = [{ input_tokens: 2, image_tokens: 80 }, { images: 1 }].map(
      (billed) => embed.decode(answer(billed), { status: 200, headers: {} }, target).usage,
    );
    expect(usages).toEqual([
      { inputTokens: 82, outputTokens: 0 },
      { inputTokens: 0, outputTokens: 0, images: 1 },
    ]);
  });
});

it('refuses a text among token ids', () => {
  expect(() => encode('embed-v4.0', { input: [[1, 2]] })).toThrow(
    expect.objectContaining({ code: 'invalid_value', details: { param: 'input' } }) as Error,
  );
});
