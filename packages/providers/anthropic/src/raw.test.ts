import { expect, it } from 'vitest';
import { createRawApi } from './raw.js';

const raw = createRawApi({ 'anthropic-version': '2023-06-01' });

it.for([
  ['v1/messages', { operation: 'chat', dialect: 'anthropic-messages' }],
  ['messages', { operation: 'chat', dialect: 'anthropic-messages' }],
  ['v1/messages/count_tokens', { operation: 'countTokens', dialect: 'anthropic-count-tokens' }],
  ['v1/messages/batches', undefined],
] as const)('a raw request to %s is recognised', ([path, call]) => {
  expect(raw.recognise({ method: 'POST', path })).toEqual(call);
});

it('a raw request carries the version and the betas of the caller', () => {
  const caller = { 'anthropic-version': '2026-10-21', 'anthropic-beta': 'files-api' };
  expect(raw.headersFor(caller)).toEqual(caller);
  expect(raw.headersFor({})).toEqual({ 'anthropic-version': '2023-06-01' });
});
