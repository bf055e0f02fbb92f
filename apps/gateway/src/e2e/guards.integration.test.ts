import { fakeUpstream, reply } from '@sluice/testkit';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chatChunk } from './__fixtures__/frames.js';
import {
  CHAT,
  END,
  MODELS,
  SECRET,
  chat,
  completion,
  piecesOf,
  setUp,
  spoken,
  textOf,
} from './__fixtures__/guarded.js';

const NO_KEYS = { kind: 'regex' as const, patterns: ['sk-[A-Za-z0-9]{8,}'] };

describe('a prompt that a guard refuses', () => {
  it.each([
    [
      'OpenAI chat',
      CHAT,
      chat(`use ${SECRET}`),
      { error: { code: 'content_policy_violation', type: 'invalid_request_error' } },
    ],
    [
      'OpenAI chat, beside what the gateway knows',
      CHAT,
      chat('x', { prediction: { type: 'content', content: SECRET } }),
      { error: { code: 'content_policy_violation' } },
    ],
    ['OpenAI chat with several answers', CHAT, chat(SECRET, { n: 2 }), { error: { code: 'content_policy_violation' } }],
    [
      'OpenAI responses',
      '/v1/responses',
      { model: 'up/m', instructions: SECRET, input: 'x' },
      { error: { code: 'content_policy_violation' } },
    ],
    [
      'OpenAI embeddings',
      '/v1/embeddings',
      { model: 'up/m', input: ['x', SECRET] },
      { error: { code: 'content_policy_violation' } },
    ],
    [
      'Anthropic messages',
      '/v1/messages',
      { model: 'up/m', max_tokens: 9, messages: [{ role: 'user', content: [{ type: 'text', text: SECRET }] }] },
      { type: 'error', error: { type: 'invalid_request_error', code: 'content_policy_violation' } },
    ],
    [
      'Gemini',
      '/v1beta/models/up%2Fm:generateContent',
      { contents: [{ role: 'user', parts: [{ text: SECRET }] }] },
      { error: { code: 400, status: 'INVALID_ARGUMENT' } },
    ],
  ])('is a 400 in the words of %s, and no provider hears of it', async (...[, path, body, expected]) => {
    const { gateway, asked } = await setUp(completion('no'), { guards: { 'no-keys': NO_KEYS } });
    const answer = await gateway.call(path, body);
    const text = await answer.text();
    expect([answer.status, answer.headers.get('x-sluice-guards')]).toEqual([400, 'no-keys=refused']);
    expect(JSON.parse(text)).toMatchObject(expected);
    expect([text.includes('The guard \\"no-keys\\" refused the request.'), text.includes('abcdefgh')]).toEqual([
      true,
      false,
    ]);
    expect(asked()).toEqual([]);
    // It was taken on: it counts against the limits of who sends such things.
    expect(await gateway.rows()).toMatchObject([
      { status: 400, errorCode: 'content_policy_violation', costMicroUsd: null, attempts: [] },
    ]);
    expect(await gateway.metrics()).toContain(
      'sluice_guard_verdicts_total{guard="no-keys",on="input",verdict="refused"} 1',
    );
    await expect.poll(() => gateway.logText()).toContain('"guards":"no-keys=refused"');
    expect(gateway.logText()).not.toContain('abcdefgh');
  });
});

describe('a prompt that guards could pass over', () => {
  it.each([
    ['behind the beginning of a data URL', CHAT, chat(`data:;base64, my key is ${SECRET}`)],
    ['under a name of the grammar', CHAT, chat('x', { prediction: { type: 'content', id: SECRET } })],
    ['under the same name in a message', CHAT, chat('x', { messages: [{ role: 'user', content: 'x', id: SECRET }] })],
    ['behind a number', CHAT, chat('x', { notes: [1, SECRET] })],
    ['in token ids', '/v1/completions', { model: 'up/m', prompt: [15339, 1917] }],
    ['in lists of token ids', '/v1/completions', { model: 'up/m', prompt: [[15339, 1917]], user: 'me' }],
  ])('is refused %s', async (_, path, body) => {
    const { gateway, asked } = await setUp(completion('no'), { guards: { 'no-keys': NO_KEYS } });
    const answer = await gateway.call(path, body);
    expect([answer.status, asked()]).toEqual([400, []]);
    expect(await answer.json()).toMatchObject({ error: { code: 'content_policy_violation' } });
  });
});

describe('what a guard is for', () => {
  it('is the calls that it names, by alias, by who may answer, and by key', async () => {
    const { gateway } = await setUp(completion('yes'), {
      models: { safe: { targets: [{ provider: 'up', model: 'm' }] } },
      guards: { a: { ...NO_KEYS, appliesTo: { models: ['safe'] } }, b: { ...NO_KEYS, appliesTo: { keys: ['other'] } } },
    });
    const status = async (model: string, init?: RequestInit) =>
      (await gateway.call(CHAT, chat(SECRET, { model }), init)).status;
    expect([await status('safe'), await status('up/m')]).toEqual([400, 200]);
    const other = await gateway.createKey({ name: 'other' });
    const headers = { authorization: `Bearer ${other}`, 'content-type': 'application/json' };
    expect(await status('up/m', { headers })).toBe(400);
  });

  it('is nothing that is passed on as it comes: who is bound by one may not', async () => {
    const { gateway, asked } = await setUp(completion('no'), { guards: { 'no-keys': NO_KEYS } });
    const answer = await gateway.call('/passthrough/up/chat/completions', chat('Hello'));
    expect([answer.status, asked()]).toEqual([403, []]);
    expect(await answer.json()).toMatchObject({ error: { code: 'route_not_allowed' } });
  });
});

describe('personal data', () => {
  const PII = { kind: 'pii', reversible: true } as const;

  it('does not reach the provider, and is back in a plain answer', async () => {
    const { gateway, asked } = await setUp(completion('Dear [EMAIL_1], and [EMAIL_2]'), { guards: { pii: PII } });
    const answer = await gateway.call(CHAT, chat('Write to joe@example.com'));
    expect(await textOf(answer)).toBe('Dear joe@example.com, and [EMAIL_2]');
    expect(answer.headers.get('x-sluice-guards')).toBe('pii=rewritten');
    expect([asked().length, asked()[0]?.includes('Write to [EMAIL_1]'), asked()[0]?.includes('joe@')]).toEqual([
      1,
      true,
      false,
    ]);
  });

  it('is back in a stream, wherever that was cut', async () => {
    const { gateway } = await setUp(spoken('Dear [EM', 'AIL', '_1', '], hello'), { guards: { pii: PII } });
    const answer = await gateway.call(CHAT, chat('Write to joe@example.com', { stream: true }));
    const text = await answer.text();
    expect([piecesOf(text).join(''), text.endsWith('data: [DONE]\n\n')]).toEqual(['Dear joe@example.com, hello', true]);
  });

  it('goes through untouched where there is none', async () => {
    const { gateway, asked } = await setUp(spoken('Hello'), { guards: { pii: PII } });
    await (await gateway.call(CHAT, { ...chat('Hi', { stream: true }), unknown: 1 })).text();
    expect(asked()[0]).toContain('"unknown":1');
  });
});

describe('an answer', () => {
  const MASK = { kind: 'pii' as const, on: ['output' as const] };
  const DENY = { ...NO_KEYS, on: ['output' as const] };

  it('is masked on its way, at the pace at which it comes', async () => {
    const { gateway } = await setUp(spoken('I am jo', 'e@exam', 'ple.com ', 'and ', 'you?'), { guards: { pii: MASK } });
    const text = await (await gateway.call(CHAT, chat('Who?', { stream: true }))).text();
    expect(piecesOf(text)).toEqual(['I am ', '[EMAIL] ', 'and ', 'you?']);
  });

  it('that is refused before anything is out is a plain 400, and was paid for', async () => {
    const { gateway } = await setUp(spoken('sk-abcd', 'efgh1234 is it'), { guards: { deny: DENY } });
    const answer = await gateway.call(CHAT, chat('Tell', { stream: true }));
    expect([answer.status, await answer.json()]).toMatchObject([400, { error: { code: 'content_policy_violation' } }]);
    const [row] = await gateway.rows();
    expect(row).toMatchObject({ status: 400, errorCode: 'content_policy_violation', attempts: [{ provider: 'up' }] });
    expect(row?.outputTokens).toBeGreaterThan(0);
  });

  it('that is refused later ends in one error event, with nothing of what was found', async () => {
    const opening = [chatChunk({ role: 'assistant', content: 'Here it is: ' })];
    const rest = ['sk-abcd', 'efgh1', '234 and more'].map((content) => chatChunk({ content }));
    const script = reply()
      .sse(opening)
      .delay(100)
      .sse([...rest, ...END]);
    const { gateway } = await setUp(script, { guards: { deny: DENY } });
    const text = await (await gateway.call(CHAT, chat('Tell', { stream: true }))).text();
    expect(piecesOf(text).join('')).toBe('Here it is: ');
    expect([text.split('"error"').length - 1, text.includes('[DONE]'), text.includes('sk-')]).toEqual([
      1,
      false,
      false,
    ]);
    expect(text).toContain('content_policy_violation');
    expect(await gateway.rows()).toMatchObject([{ errorCode: 'content_policy_violation', provider: 'up' }]);
  });

  it('that is plain and refused was paid for too', async () => {
    const { gateway } = await setUp(completion(`It is ${SECRET}`), { guards: { deny: DENY } });
    const answer = await gateway.call(CHAT, chat('Tell'));
    expect([answer.status, (await answer.text()).includes('abcdefgh')]).toEqual([400, false]);
    expect(await gateway.rows()).toMatchObject([{ status: 400, inputTokens: 5, outputTokens: 7 }]);
  });

  it('is kept for those alone who have the same guards', async () => {
    const { gateway, asked } = await setUp(completion('joe@example.com'), {
      cache: { enabled: true },
      guards: { pii: { ...MASK, appliesTo: { keys: ['masked'] } } },
    });
    const masked = await gateway.createKey({ name: 'masked' });
    const headers = { authorization: `Bearer ${masked}`, 'content-type': 'application/json' };
    const seen: string[] = [];
    for (const init of [{}, { headers }, {}, { headers }]) {
      const answer = await gateway.call(CHAT, chat('Who?'), init);
      seen.push(`${answer.headers.get('x-sluice-cache')} ${await textOf(answer)}`);
    }
    expect(seen).toEqual(['miss joe@example.com', 'miss [EMAIL]', 'hit joe@example.com', 'hit [EMAIL]']);
    expect(asked()).toHaveLength(2);
  });

  it('is masked across the place where another target goes on with it', async () => {
    const rest = await fakeUpstream(MODELS, spoken('ample.com, and you?'));
    onTestFinished(() => rest.close());
    const begun = [chatChunk({ role: 'assistant', content: 'I am ' }), chatChunk({ content: 'joe@ex' })];
    const { gateway } = await setUp(reply().sse(begun).delay(100).reset(), {
      providers: { next: { kind: 'openai-compatible', baseUrl: `${rest.url}/v1`, preset: 'llamacpp' } },
      models: {
        safe: {
          targets: ['up', 'next'].map((provider) => ({ provider, model: 'm' })),
          strategy: 'priority',
          continuation: 'prefill',
        },
      },
      guards: { pii: MASK },
    });
    await rest.received(1);
    const text = await (await gateway.call(CHAT, chat('Who?', { model: 'safe', stream: true }))).text();
    expect([piecesOf(text).join(''), text.endsWith('data: [DONE]\n\n')]).toEqual(['I am [EMAIL], and you?', true]);
    expect((await rest.received(2)).body.toString()).toContain('I am joe@ex');
  });

  it('must be as its schema says, streams too', async () => {
    const schema = { type: 'object', required: ['n'] };
    const shape = { kind: 'json-schema', schema } as const;
    const good = await setUp(spoken('{"n"', ':1}'), { guards: { shape } });
    const text = await (await good.gateway.call(CHAT, chat('n?', { stream: true }))).text();
    expect([piecesOf(text).join(''), text.endsWith('data: [DONE]\n\n')]).toEqual(['{"n":1}', true]);
    const bad = await setUp(spoken('{"m"', ':1}'), { guards: { shape } });
    const answer = await bad.gateway.call(CHAT, chat('n?', { stream: true }));
    expect([answer.status, (await answer.text()).includes('The guard \\"shape\\" refused the answer.')]).toEqual([
      400,
      true,
    ]);
  });
});
