import type { ChatRequest } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { estimatePrompt, estimateTokens } from './estimate.js';

const user = (...content: ChatRequest['messages'][number]['content']): ChatRequest =>
  ({ messages: [{ role: 'user', content }], stream: false }) as ChatRequest;

describe('an estimate', () => {
  it('takes four characters for a token, and the rest for one more', () => {
    expect([estimateTokens(0), estimateTokens(8), estimateTokens(9)]).toEqual([0, 2, 3]);
  });

  it('grows with every text, call, medium and tool of a prompt', () => {
    const text = user({ type: 'text', text: 'x'.repeat(40) });
    const call: ChatRequest = {
      ...text,
      messages: [
        ...text.messages,
        {
          role: 'assistant',
          content: [
            { type: 'tool-call', id: 'c', name: 'look', json: '{"a": 12}' },
            { type: 'vendor', state: { kind: 'v', data: 'x'.repeat(18) } },
          ],
        },
      ],
    };
    const image = user({ type: 'image', source: { kind: 'url', url: 'https://a.example/a.png' } });
    const tooled: ChatRequest = { ...text, tools: [{ name: 'look', schema: { type: 'object' } }] };
    expect([text, call, image, tooled].map(estimatePrompt)).toEqual([14, 27, 1_004, 25]);
  });
});
