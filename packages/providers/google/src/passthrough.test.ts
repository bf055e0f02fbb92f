import type { JsonObject, Passthrough, RawCall } from '@sluice/contract';
import { createProviderDeps } from '@sluice/testkit';
import { describe, expect, it } from 'vitest';
import { google } from './index.js';

const provider = google.create(google.settings.parse({ kind: 'google' }), createProviderDeps());
const { chat, embed, countTokens } = provider.operations;
const target = { provider: 'g', model: 'new', baseUrl: provider.baseUrl };

function pass(
  { passthroughs }: { readonly passthroughs?: readonly Passthrough[] },
  text: string,
  more: Partial<RawCall> = {},
) {
  const wire = JSON.parse(text) as JsonObject;
  const call = { body: Buffer.from(text), wire, stream: false, wantsUsage: true, headers: {}, ...more };
  const batch = 'requests' in wire;
  const own = passthroughs?.find(({ dialect }) => (dialect === 'gemini-embed-batch') === batch);
  const request = own?.encode(call, target);
  return [request?.url.pathname.split('/').at(-1), request?.url.search, String(request?.body)];
}

describe('what passes through', () => {
  it('goes as it came, to the method that its stream and its model ask for', () => {
    const text = '{ "contents": [ ] }';
    expect([pass(chat, text), pass(chat, text, { stream: true })]).toEqual([
      ['new:generateContent', '', text],
      ['new:streamGenerateContent', '?alt=sse', text],
    ]);
  });

  it.for([
    [chat, '{"model":"models/old","contents":[]}', 'new:generateContent', '{"model":"models/new","contents":[]}'],
    [embed, '{"content": {}}', 'new:embedContent', '{"content": {}}'],
    [embed, '{"model": "models/old", "content": {}}', 'new:embedContent', '{"model": "models/new", "content": {}}'],
    [
      embed,
      '{"requests": [{"model": "models/old"}, {}]}',
      'new:batchEmbedContents',
      '{"requests": [{"model": "models/new"}, {"model":"models/new"}]}',
    ],
    [countTokens, '{"contents": []}', 'new:countTokens', '{"contents": []}'],
    [
      countTokens,
      '{"generateContentRequest": {"contents": [], "model": "models/old"}}',
      'new:countTokens',
      '{"generateContentRequest": {"contents": [], "model": "models/new"}}',
    ],
  ] as const)('names the model where the wire does', ([operation, text, method, passed]) => {
    expect(pass(operation, text)).toEqual([method, '', passed]);
  });

  it('takes no header of the caller along', () => {
    const call = {
      body: Buffer.from('{}'),
      wire: {},
      stream: false,
      wantsUsage: true,
      headers: { 'x-goog-api-client': 'x' },
    };
    expect(chat.passthroughs?.[0]?.encode(call, target).headers).toEqual({
      'content-type': 'application/json',
      'accept-encoding': 'identity',
    });
  });
});

describe('embeddings', () => {
  it('of token ids are refused', () => {
    expect(() => embed.encode({ input: [[1, 2]] }, target)).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'input' } }),
    );
  });
});
