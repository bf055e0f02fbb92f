import type { ChatRequest } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { changed, dropped, droppedAsides, droppedFields } from './losses.js';

const IMAGE = { kind: 'url', url: 'https://example.com/a.png' } as const;
const RICH: ChatRequest = {
  messages: [
    { role: 'system', content: [{ type: 'text', text: 'a', cache: {} }] },
    { role: 'user', content: [{ type: 'image', source: IMAGE, detail: 'low' }] },
    {
      role: 'assistant',
      content: [
        { type: 'reasoning', text: 'a' },
        { type: 'text', text: 'b', citations: [{ url: 'https://example.com' }] },
      ],
    },
    { role: 'tool', callId: 'c', content: [], isError: true },
  ],
  stream: false,
};
const PLAIN: ChatRequest = {
  messages: [
    { role: 'user', content: [{ type: 'image', source: IMAGE, detail: 'auto' }] },
    { role: 'assistant', content: [{ type: 'text', text: 'b', citations: [] }] },
    { role: 'tool', callId: 'c', content: [], isError: false },
  ],
  stream: false,
};

describe('what is dropped', () => {
  it('is named where it was given', () => {
    expect([dropped('seed', 0), dropped('seed', undefined)]).toEqual([[{ parameter: 'seed', action: 'dropped' }], []]);
  });

  it('is looked up by field and named as callers know it', () => {
    expect(droppedFields({ ...PLAIN, topK: 1, user: 'u' }, { topK: 'top_k', user: 'user', seed: 'seed' })).toEqual([
      { parameter: 'top_k', action: 'dropped' },
      { parameter: 'user', action: 'dropped' },
    ]);
  });
});

it('names what is changed only where it is', () => {
  expect([changed('stop', true), changed('stop', false)]).toEqual([[{ parameter: 'stop', action: 'changed' }], []]);
});

describe('droppedAsides', () => {
  const ALL = ['cache_control', 'citations', 'image_url.detail', 'reasoning_content', 'tool_result.is_error'] as const;
  const names = (request: ChatRequest, lost: Parameters<typeof droppedAsides>[1]) =>
    droppedAsides(request, lost).map(({ parameter }) => parameter);

  it('finds each kind', () => {
    expect(names(RICH, ALL)).toEqual(ALL);
  });

  it('names only what this vendor loses', () => {
    expect(names(RICH, ['citations'])).toEqual(['citations']);
  });

  it('finds nothing where nothing is set apart', () => {
    expect(names(PLAIN, ALL)).toEqual([]);
  });

  it.each<Partial<ChatRequest>>([
    { tools: [{ name: 't', schema: {}, cache: { ttl: '1h' } }] },
    { messages: [{ role: 'tool', callId: 'c', content: [], cache: {} }] },
    { messages: [{ role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 't', json: '', cache: {} }] }] },
  ])('finds a mark in %j', (part) => {
    expect(names({ ...PLAIN, ...part }, ALL)).toContain('cache_control');
  });
});
