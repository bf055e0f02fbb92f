import type { JsonObject } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import type { ApiVersion } from '../settings.js';
import { takesAsItIs } from './takes.js';

interface Asked {
  readonly wire: JsonObject;
  readonly model?: string;
  readonly account?: ApiVersion;
  readonly caller?: string;
}
function takes({ wire, model = 'claude-haiku-4-5', account = '2023-06-01', caller }: Asked): boolean {
  const target = { provider: 'claude', model, baseUrl: new URL('https://api.anthropic.com') };
  return takesAsItIs({ wire, headers: caller === undefined ? {} : { 'anthropic-version': caller } }, target, account);
}
const said = (role: string, content: unknown): JsonObject => ({ messages: [{ role, content }] });

describe('sampling', () => {
  const wire = { temperature: 0.5 };

  it.each<[Omit<Asked, 'wire'>, boolean]>([
    [{}, true],
    [{ model: 'claude-opus-5' }, false],
    [{ model: 'deepseek-chat' }, true],
    [{ account: '2026-10-21' }, false],
    [{ account: '2026-10-21', caller: '2023-06-01' }, true],
    [{ caller: '2026-10-21' }, false],
    [{ caller: '2199-01-01' }, true],
  ])('as %j says: %s', (asked, taken) => {
    expect(takes({ wire, ...asked })).toBe(taken);
  });
});

it.each([
  ['enabled', 'claude-haiku-4-5', true],
  ['adaptive', 'claude-haiku-4-5', false],
  ['enabled', 'claude-opus-5', false],
  ['between_tools', 'claude-sonnet-5-5', true],
  ['disabled', 'claude-fable-5', false],
  ['adaptive', 'glm-5', true],
])('takes %s thinking for %s: %s', (type, model, taken) => {
  expect(takes({ wire: { thinking: { type } }, model })).toBe(taken);
});

it.each([
  ['claude-opus-4-8', true],
  ['claude-opus-4-7', false],
  ['glm-5', false],
])('takes instructions in the middle for %s: %s', (model, taken) => {
  expect(takes({ wire: said('system', 'Be brief.'), model })).toBe(taken);
});

describe('what another vendor left in the history', () => {
  it.each<[JsonObject, boolean]>([
    [{ type: 'thinking', thinking: 'hm', signature: '' }, false],
    [{ type: 'thinking', thinking: 'hm', signature: 'c2ln' }, true],
    [{ type: 'thinking', thinking: 'hm', signature: 'sluice1.e30' }, false],
    [{ type: 'redacted_thinking', data: 'sluice1.e30' }, false],
    [{ type: 'redacted_thinking', data: 'c2ln' }, true],
    [{ type: 'text', text: 'a', citations: [{ type: 'web_search_result_location', encrypted_index: '' }] }, false],
    [{ type: 'text', text: 'a', citations: [{ type: 'char_location' }] }, true],
    [{ type: 'text', text: 'a', citations: null }, true],
  ])('is noticed in %j', (block, taken) => {
    expect(takes({ wire: said('assistant', [block]) })).toBe(taken);
  });

  it('stays for makers that do not sign', () => {
    const wire = said('assistant', [{ type: 'thinking', thinking: 'hm', signature: '' }]);
    expect(takes({ wire, model: 'glm-5' })).toBe(true);
  });
});

it.each([said('user', 'Hi'), said('assistant', 'Hi'), {}])('takes %j', (wire) => {
  expect(takes({ wire, model: 'claude-opus-5', caller: '2026-10-21' })).toBe(true);
});
