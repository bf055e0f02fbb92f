import type { ChatRequest } from '@sluice/contract';
import { expect, it } from 'vitest';
import { createCountTokens } from './count-tokens.js';

const operation = createCountTokens({ headers: { 'anthropic-version': '2026-10-21' }, version: '2026-10-21' });
const target = { provider: 'claude', model: 'claude-opus-5-5', baseUrl: new URL('https://api.anthropic.com') };

it('asks for the prompt alone', () => {
  const request: ChatRequest = {
    messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    stream: true,
    maxOutputTokens: 16,
    stop: ['END'],
    user: 'u',
    serviceTier: 'auto',
    extensions: {
      dialect: 'anthropic-messages',
      fields: { container: 'c', inference_geo: 'eu', speed: 'fast', 'anthropic-beta': 'b' },
    },
  };
  const { request: sent } = operation.encode(request, target);
  expect([sent.url.href, sent.headers['anthropic-beta'], JSON.parse(String(sent.body))]).toEqual([
    'https://api.anthropic.com/v1/messages/count_tokens',
    'b',
    {
      model: 'claude-opus-5-5',
      speed: 'fast',
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hi' }] }],
    },
  ]);
});

it("passes a caller's bytes on under the caller's version", () => {
  const body = Buffer.from('{"model":"fast","messages":[]}');
  const headers = { 'anthropic-version': '2023-06-01', authorization: 'Bearer x' };
  const call = { body, wire: { model: 'fast' }, stream: false, wantsUsage: true, headers };
  const sent = operation.passthroughs?.[0]?.encode(call, target);
  expect([sent?.url.pathname, String(sent?.body), sent?.headers]).toEqual([
    '/v1/messages/count_tokens',
    '{"model":"claude-opus-5-5","messages":[]}',
    { 'anthropic-version': '2023-06-01' },
  ]);
});
