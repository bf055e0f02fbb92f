import type { JsonObject, RerankRequest } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { createRerank } from './rerank.js';

const { encode, passthroughs = [] } = createRerank({ 'x-team': 'a' });
const TARGET = { provider: 'co', model: 'rerank-v4.0-pro', baseUrl: new URL('https://api.cohere.com') };
const BODY = { model: 'fast', query: 'q', documents: ['a'] };

describe('the version of the API', () => {
  it.each<[JsonObject, string]>([
    [{}, '/v2/rerank'],
    [{ top_n: 1, max_tokens_per_doc: 9, return_documents: false, rank_fields: null }, '/v2/rerank'],
    [{ return_documents: true }, '/v1/rerank'],
    [{ rank_fields: ['text'] }, '/v1/rerank'],
    [{ max_chunks_per_doc: 3 }, '/v1/rerank'],
    [{ documents: ['a', { text: 'b' }] }, '/v1/rerank'],
  ])('for the body of a client with %j is that of %s', (more, path) => {
    const wire = { ...BODY, ...more };
    const call = { body: Buffer.from(JSON.stringify(wire)), wire, stream: false, wantsUsage: true, headers: {} };
    expect(passthroughs.map((passthrough) => passthrough.encode(call, TARGET).url.pathname)).toEqual([path]);
  });

  it.each<[Partial<RerankRequest>, string]>([
    [{ returnDocuments: false }, '/v2/rerank'],
    [{ returnDocuments: true }, '/v1/rerank'],
    [{ extensions: { dialect: 'cohere-rerank', fields: { max_chunks_per_doc: 3 } } }, '/v1/rerank'],
  ])('for a request with %j is that of %s', (more, path) => {
    expect(encode({ query: 'q', documents: ['a'], ...more }, TARGET).request.url.pathname).toBe(path);
  });
});
