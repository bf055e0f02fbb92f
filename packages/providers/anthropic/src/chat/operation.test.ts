import type { Capability, ModelFacts } from '@sluice/contract';
import { expect, it } from 'vitest';
import { createChat } from './operation.js';

const chat = createChat({ headers: {}, version: '2023-06-01' });
const factsOf = (can: readonly Capability[], cannot: readonly Capability[]): ModelFacts => ({
  modes: ['chat'],
  can: new Set(can),
  cannot: new Set(cannot),
  efforts: [],
  prices: [],
});

it.for<readonly [string, ModelFacts | undefined, boolean]>([
  ['claude-haiku-4-5', undefined, true],
  ['claude-haiku-4-5', factsOf([], ['prefill']), false],
  ['claude-opus-4-7', undefined, false],
  ['of-another-maker', undefined, false],
  ['of-another-maker', factsOf(['prefill'], []), true],
])('%s goes on with an answer that was begun, as far as is known: %#', ([model, facts, expected]) => {
  const target = { provider: 'p', model, baseUrl: new URL('http://127.0.0.1:1'), ...(facts ? { facts } : {}) };
  expect(chat.prefill?.(target)).toEqual(expected ? { repeats: false } : undefined);
});
