import type { ChatRequest, JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { openai } from './index.js';

const provider = openai.create(openai.settings.parse({ kind: 'openai' }), { secret: () => Promise.resolve('k') });
const request: ChatRequest = {
  messages: [{ role: 'user', content: [{ type: 'text', text: 'hi' }] }],
  stream: false,
  maxOutputTokens: 9,
  temperature: 0.5,
  topP: 0.5,
  logprobs: { top: 2 },
};
const encode = (model: string) => {
  const { request: sent, adjustments } = provider.operations.chat.encode(request, {
    provider: 'o',
    model,
    baseUrl: provider.baseUrl,
  });
  return {
    url: sent.url.href,
    body: JSON.parse(String(sent.body)) as JsonObject,
    dropped: adjustments.map(({ parameter }) => parameter),
  };
};

describe('the OpenAI API', () => {
  it('stands where its SDK looks for it', () => {
    expect(encode('gpt-4.1').url).toBe('https://api.openai.com/v1/chat/completions');
  });

  it('takes max_completion_tokens', () => {
    expect(encode('gpt-4.1').body).toMatchObject({ max_completion_tokens: 9, temperature: 0.5 });
  });

  it.for(['o1', 'o3-mini', 'o4-mini-2025-04-16', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano-2025-08-07'])(
    'gets no sampling parameters for %s, which would refuse them',
    (model) => {
      const { body, dropped } = encode(model);
      expect([body['temperature'], body['logprobs'], dropped]).toEqual([
        undefined,
        undefined,
        ['temperature', 'top_p', 'logprobs', 'top_logprobs'],
      ]);
    },
  );

  it.for(['gpt-4o', 'gpt-5-chat-latest', 'gpt-5.1', 'ft:gpt-4.1:acme', 'omni'])(
    'decides for itself about %s',
    (model) => {
      expect(encode(model).dropped).toEqual([]);
    },
  );
});
