import type { AssistantPart, Citation, Message } from '@sluice/contract';
import { describe, expect, it } from 'vitest';
import { BUDGET_MODEL, CURRENT_MODEL, HI, encode, names } from './__fixtures__/sent.js';
import type { Sent } from './__fixtures__/sent.js';

describe('instructions in the middle of a conversation', () => {
  const say = (role: 'user' | 'assistant' | 'system', text: string): Message => ({
    role,
    content: [{ type: 'text', text }],
  });
  const roles = ({ body }: Sent): readonly unknown[] => (body.messages as readonly Message[]).map(({ role }) => role);

  it.each(['claude-opus-4-8', 'claude-sonnet-5-5', 'claude-opus-5-20260724'])('stay where they are for %s', (model) => {
    const sent = encode({ messages: [say('user', 'Hi'), say('system', 'Be brief.')] }, model);
    expect([roles(sent), names(sent)]).toEqual([['user', 'system'], []]);
  });

  it.each([
    'claude-opus-4-7',
    'claude-mythos-preview',
    'claude-sonnet-5',
    'claude-sonnet-4-6',
    BUDGET_MODEL,
    'deepseek-chat',
  ])('move to the front for %s', (model) => {
    const sent = encode({ messages: [say('user', 'Hi'), say('system', 'Be brief.')] }, model);
    expect([roles(sent), sent.body.system, names(sent)]).toEqual([
      ['user'],
      [{ type: 'text', text: 'Be brief.' }],
      ['messages changed'],
    ]);
  });

  it("wait for the end of the user's turn, which is where the vendor takes them", () => {
    const told = [say('user', 'Hi'), say('assistant', 'Hello'), say('system', 'Be brief.'), say('user', 'More')];
    const sent = encode({ messages: told }, CURRENT_MODEL);
    expect([roles(sent), names(sent)]).toEqual([['user', 'assistant', 'user', 'system'], ['messages changed']]);
  });

  it('move to the front where no turn of the user comes before them', () => {
    const told = [say('user', 'Hi'), say('assistant', 'Hello'), say('system', 'Be brief.'), say('assistant', 'Yes')];
    const sent = encode({ messages: [...told, say('user', 'More')] }, CURRENT_MODEL);
    expect([roles(sent), names(sent)]).toEqual([['user', 'assistant', 'user'], ['messages changed']]);
  });
});

describe('an answer that was begun', () => {
  const begun = (content: AssistantPart): readonly Message[] => [HI, { role: 'assistant', content: [content] }];

  it.each([BUDGET_MODEL, 'deepseek-chat'])('goes to %s', (model) => {
    const sent = encode({ messages: begun({ type: 'text', text: 'The answer is' }) }, model);
    expect(sent.body.messages).toHaveLength(2);
  });

  it.each(['claude-sonnet-4-6', CURRENT_MODEL])('is refused for %s', (model) => {
    expect(() => encode({ messages: begun({ type: 'text', text: 'The answer is' }) }, model)).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'messages.1' } }),
    );
  });

  it('is none where the vendor paused over a tool of its own', () => {
    const data = { type: 'server_tool_use', id: 's', name: 'web_search', input: {} };
    const messages = begun({ type: 'vendor', state: { kind: 'anthropic-messages', data } });
    expect(encode({ messages }, CURRENT_MODEL).body.messages).toMatchObject([{}, { content: [data] }]);
  });
});

describe('citations', () => {
  const own = { opaque: { kind: 'anthropic-messages', data: { type: 'char_location', cited_text: 'x' } } };
  const cited = (role: 'user' | 'assistant', citation: Citation): readonly Message[] => [
    HI,
    {
      role: 'assistant',
      content: [{ type: 'text', text: 'a', ...(role === 'assistant' && { citations: [citation] }) }],
    },
    { role: 'user', content: [{ type: 'text', text: 'u', ...(role === 'user' && { citations: [citation] }) }] },
  ];
  const citationsOf = ({ body }: Sent): readonly unknown[] =>
    (body.messages as readonly { readonly content: readonly { readonly citations?: unknown }[] }[]).flatMap(
      ({ content }) => content.flatMap(({ citations }) => citations ?? []),
    );

  it('of the vendor go back as they came', () => {
    const sent = encode({ messages: cited('assistant', own) });
    expect([citationsOf(sent), names(sent)]).toEqual([[own.opaque.data], []]);
  });

  it("of another vendor's are dropped, and that is told", () => {
    const sent = encode({ messages: cited('assistant', { url: 'https://example.com' }) });
    expect([citationsOf(sent), names(sent)]).toEqual([[], ['citations dropped']]);
  });

  it.each([
    ['2023-06-01', 1, []],
    ['2026-10-21', 0, ['citations dropped']],
  ] as const)('in what the user says are taken by version %s: %d', (version, count, told) => {
    const sent = encode({ messages: cited('user', own) }, BUDGET_MODEL, version);
    expect([citationsOf(sent).length, names(sent)]).toEqual([count, told]);
  });
});

describe('what has no form on this wire', () => {
  const foreign = { kind: 'openai-responses', data: { file_id: 'f' } };
  it.each<Message>([
    { role: 'user', content: [{ type: 'audio', format: 'wav', base64: '' }] },
    { role: 'user', content: [{ type: 'vendor', state: foreign }] },
    { role: 'user', content: [{ type: 'image', source: { kind: 'stored', state: foreign } }] },
    { role: 'user', content: [{ type: 'file', source: { kind: 'stored', state: foreign } }] },
    { role: 'user', content: [{ type: 'file', source: { kind: 'base64', mediaType: 'application/zip', base64: '' } }] },
    { role: 'assistant', content: [{ type: 'vendor', state: foreign }] },
    { role: 'assistant', content: [{ type: 'image', source: { kind: 'url', url: 'https://example.com/a.png' } }] },
  ])('is refused: %j', (message) => {
    expect(() => encode({ messages: [message] })).toThrow(
      expect.objectContaining({ code: 'invalid_value', details: { param: 'messages' } }),
    );
  });

  it('is reported where it is a wish', () => {
    const wishes = { verbosity: 'low', logprobs: { top: 2 }, promptCacheKey: 'k', serviceTier: 'flex' } as const;
    expect(
      names(encode({ ...wishes, vendorTools: [{ kind: 'openai-responses', data: { type: 'web_search' } }] })),
    ).toEqual([
      'tools.web_search dropped',
      'service_tier dropped',
      'verbosity dropped',
      'logprobs dropped',
      'prompt_cache_key dropped',
    ]);
  });
});
