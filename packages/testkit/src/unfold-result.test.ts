import type { ChatResult } from '@sluice/contract';
import { expect, it } from 'vitest';
import { foldEvents } from './fold-events.js';
import { unfoldResult } from './unfold-result.js';

const opaque = { kind: 'acme', data: 1 };

it('tells a plain answer as events that add up to it', () => {
  const result: ChatResult = {
    id: 'a',
    model: 'm',
    content: [
      { type: 'reasoning', text: 'hm', opaque },
      { type: 'text', text: 'Oslo', citations: [{ url: 'https://example.com' }], opaque },
      { type: 'vendor', state: opaque },
      { type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } },
      { type: 'audio', format: 'wav', base64: 'UklGRg==' },
      { type: 'tool-call', id: 't', name: 'look', json: '{}', opaque },
      { type: 'refusal', text: 'no' },
    ],
    finish: { unified: 'content-filter', opaque },
    usage: { inputTokens: 1, outputTokens: 2 },
    serviceTier: 'priority',
  };
  expect(foldEvents(unfoldResult(result))).toEqual(result);
});

it('leaves out what the answer does not say', () => {
  expect(unfoldResult({ id: 'a', model: 'm', content: [], finish: { unified: 'stop' } })).toHaveLength(2);
});
