import { describe, expect, it } from 'vitest';
import type { ChatRequest, ChatResult } from '@sluice/contract';
import { answerIn, ask, checkPrompt, plainWriter, rigOf } from './__fixtures__/guards-rig.js';

const NO_KEYS = { kind: 'regex', patterns: ['sk-[A-Za-z0-9]{8,}'] };
const MASK = { kind: 'pii', on: ['input', 'output'] };

function answer(text: string): ChatResult {
  return { id: 'a', model: 'm', content: [{ type: 'text', text }], finish: { unified: 'stop' } };
}

describe('whom a guard is for', () => {
  const applies = (appliesTo: object) => rigOf({ a: { ...NO_KEYS, appliesTo } }).of() !== undefined;

  it('is every call unless it says otherwise', () => expect(applies({})).toBe(true));
  it.each([
    [{ models: ['gpt'] }, true],
    [{ models: ['g*'] }, true],
    [{ models: ['other'] }, false],
    [{ keys: ['ci'] }, true],
    [{ keys: ['key_1'] }, true],
    [{ keys: ['prod'] }, false],
    [{ tenants: ['acme'] }, true],
    [{ tenants: ['default'], keys: ['ci'] }, false],
  ])('%o: %s', (appliesTo, expected) => expect(applies(appliesTo)).toBe(expected));

  it('binds a caller whatever it asks for, where it acts', () => {
    const bound = (guard: object) => {
      const { guards, principal } = rigOf({ a: { ...NO_KEYS, ...guard } });
      return guards?.bind(principal);
    };
    expect(bound({ appliesTo: { models: ['other'] } })).toBe(true);
    expect(bound({ appliesTo: { keys: ['prod'] } })).toBe(false);
    expect(bound({ mode: 'observe' })).toBe(false);
  });
});

describe('a prompt', () => {
  it('is refused by a pattern, and the refusal does not say what was found', async () => {
    const { call, reports } = rigOf({ 'no-keys': NO_KEYS });
    const refused = checkPrompt(call, ask('hello', 'my key is sk-abcdefgh1234'));
    await expect(refused).rejects.toMatchObject({
      code: 'content_policy_violation',
      message: 'The guard "no-keys" refused the request.',
    });
    expect(reports).toEqual(['no-keys input refused']);
    expect(call.noted('acting')).toBe('no-keys=refused');
  });

  it('goes out as it came where nothing is found', async () => {
    const { call } = rigOf({ 'no-keys': NO_KEYS });
    const request = ask('hello');
    expect(await checkPrompt(call, request)).toEqual({ request, isRewritten: false });
    expect((await checkPrompt(call, request)).request).toBe(request);
  });

  it('is read where the canonical form has no place for it', async () => {
    const { call } = rigOf({ 'no-keys': NO_KEYS });
    const wire = { messages: [{ role: 'user', content: 'x', note: 'sk-abcdefgh1234' }] };
    await expect(call.checkRequest({ request: ask('x'), wire })).rejects.toThrow('no-keys');
    await expect(call.checkRequest({ request: undefined, wire })).rejects.toThrow('no-keys');
  });

  it('keeps its bytes at home where something of it would have to be masked that only they have', async () => {
    const { call } = rigOf({ pii: MASK });
    const wire = { messages: [{ role: 'user', content: 'x', note: 'a@example.com' }] };
    expect(await call.checkRequest({ request: ask('x'), wire })).toMatchObject({ isRewritten: true });
  });

  it('is masked in every part', async () => {
    const { call } = rigOf({ pii: MASK });
    const request: ChatRequest = {
      stream: false,
      messages: [
        { role: 'system', content: [{ type: 'text', text: 'Help joe@example.com.' }] },
        { role: 'assistant', content: [{ type: 'tool-call', id: 'c', name: 'f', json: '{"card":4111111111111111}' }] },
        { role: 'tool', callId: 'c', content: [{ type: 'text', text: 'Call +44 20 7946 0958' }] },
      ],
    };
    const checked = await checkPrompt(call, request);
    expect(checked.isRewritten).toBe(true);
    expect(checked.request?.messages.map(({ content: [part] }) => part)).toEqual([
      { type: 'text', text: 'Help [EMAIL].' },
      { type: 'tool-call', id: 'c', name: 'f', json: '{"card":"[CARD]"}' },
      { type: 'text', text: 'Call [PHONE]' },
    ]);
  });

  it('of token ids is refused: nobody could say what they say', async () => {
    const { call } = rigOf({ 'no-keys': NO_KEYS });
    const request = { input: [[1, 2, 3]] };
    await expect(call.checkRequest({ request, wire: request })).rejects.toMatchObject({ details: { param: 'input' } });
  });

  it.each<[param: string, wire: { readonly [name: string]: unknown }]>([
    ['prompt', { model: 'gpt', prompt: [15339, 1917] }],
    ['prompt', { model: 'gpt', prompt: [[15339, 1917], [42]], user: 'me' }],
    ['input', { model: 'gpt', input: [15339, 1917] }],
  ])('of token ids is refused where it has no canonical form either: %s of %o', async (param, wire) => {
    const { call } = rigOf({ 'no-keys': NO_KEYS });
    await expect(call.checkRequest({ request: undefined, wire })).rejects.toMatchObject({
      code: 'content_policy_violation',
      details: { param },
    });
    const { call: observing } = rigOf({ 'no-keys': { ...NO_KEYS, mode: 'observe' } });
    expect(await observing.checkRequest({ request: undefined, wire })).toMatchObject({ isRewritten: false });
  });

  it('in which nothing can be read is refused where it has no canonical form', async () => {
    const { call } = rigOf({ 'no-keys': NO_KEYS });
    const wire = { model: 'gpt', n: 2, ids: [1, 2] };
    await expect(call.checkRequest({ request: undefined, wire })).rejects.toThrow('found no text in it');
    const texts = { model: 'gpt', n: 2, messages: [{ role: 'user', content: 'hello' }] };
    expect(await call.checkRequest({ request: undefined, wire: texts })).toMatchObject({ isRewritten: false });
  });

  it('is only counted where the guard observes', async () => {
    const { call, reports } = rigOf({ 'no-keys': { ...NO_KEYS, mode: 'observe' } });
    const request = ask('sk-abcdefgh1234');
    expect((await checkPrompt(call, request)).request).toBe(request);
    expect(reports).toEqual(['no-keys input observed']);
    expect([call.noted('acting'), call.noted('all')]).toEqual([undefined, 'no-keys=observed']);
  });
});

describe('an answer', () => {
  it('is masked, and spelled out nowhere else', async () => {
    const { call } = rigOf({ pii: MASK });
    const logprobs = [{ token: 'joe@example.com', logprob: 0, top: [] }];
    const result = { ...answer('Write to joe@example.com'), logprobs };
    expect(await call.openOutput().checkResult(result)).toEqual(answer('Write to [EMAIL]'));
    expect(call.noted('acting')).toBe('pii=rewritten');
  });

  it('asks for no probabilities where it will be read', async () => {
    const { call } = rigOf({ pii: MASK });
    const checked = await checkPrompt(call, { ...ask('x'), logprobs: { top: 2 } });
    expect(checked).toEqual({ request: ask('x'), isRewritten: true });
  });

  it('has back what was masked in the prompt', async () => {
    const { call } = rigOf({ pii: { kind: 'pii', reversible: true } });
    const checked = await checkPrompt(call, ask('joe@example.com and ann@example.com, [EMAIL_1]', 'joe@example.com'));
    expect(checked.request).toEqual(ask('[EMAIL_2] and [EMAIL_3], [EMAIL_1]', '[EMAIL_2]'));
    expect(call.checksOutput).toBe(true);
    const read = await call.openOutput().checkResult(answer('To [EMAIL_3], not [EMAIL_1] or [EMAIL_9]'));
    expect(read).toEqual(answer('To ann@example.com, not [EMAIL_1] or [EMAIL_9]'));
  });

  it.each([
    ['that names somebody', 'ann@example.com', 'To ann@example.com, not [EMAIL] or [EMAIL_2]'],
    ['without personal data', 'hello', 'To [EMAIL], not [EMAIL] or [EMAIL_2]'],
  ])('has what the model came up with masked for good, behind a prompt %s', async (_, prompt, expected) => {
    const { call } = rigOf({ pii: { kind: 'pii', reversible: true, on: ['input', 'output'] } });
    await checkPrompt(call, ask(prompt));
    const text = 'To ann@example.com, not joe@example.com or [EMAIL_2]';
    const stream = call.openOutput().watch(plainWriter);
    expect([...answerIn([text, ''])].map((event) => stream.write(event)).join('')).toBe(expected);
    expect(await call.openOutput().checkResult(answer(text))).toEqual(answer(expected));
  });

  it('loses the signature of reasoning that is not what was signed', async () => {
    const { call } = rigOf({ pii: MASK });
    const opaque = { kind: 'anthropic-messages', data: { signature: 'x' } };
    const result: ChatResult = { ...answer('no'), content: [{ type: 'reasoning', text: 'a@example.com', opaque }] };
    const read = await call.openOutput().checkResult(result);
    expect(read.content).toEqual([{ type: 'reasoning', text: '[EMAIL]' }]);
  });

  it('is read as it comes, and never further than it may be seen', () => {
    const { call, reports } = rigOf({ 'no-keys': { ...NO_KEYS, on: ['output'] } });
    const stream = call.openOutput().watch(plainWriter);
    const events = answerIn(['The key:', ' sk', '-abcd', 'efgh', ' indeed']);
    expect(events.slice(0, 5).map((event) => stream.write(event))).toEqual(['', 'The key:', ' ', '', '']);
    expect(stream.isReleased).toBe(true);
    expect(() => events.slice(5).map((event) => stream.write(event))).toThrow(
      'The guard "no-keys" refused the answer.',
    );
    expect(reports).toEqual(['no-keys output refused']);
  });

  it('is handed over before its end where nothing is under way', () => {
    const { call } = rigOf({ pii: MASK });
    const stream = call.openOutput().watch(plainWriter);
    const written = answerIn(['Hello ', 'there, ', 'joe@', 'example', '.com', '.']).map((event) => stream.write(event));
    expect(written).toEqual(['', 'Hello ', 'there, ', '', '', '', '', '[EMAIL].', '']);
  });

  it('is not handed over as long as all of it may be a placeholder', async () => {
    const { call } = rigOf({ pii: { kind: 'pii', reversible: true } });
    await checkPrompt(call, ask('joe@example.com'));
    const stream = call.openOutput().watch(plainWriter);
    const released = answerIn(['[EMAIL', '_1] ']).map((event) => [stream.write(event), stream.isReleased]);
    expect(released.slice(0, 3)).toEqual([
      ['', false],
      ['', false],
      ['joe@example.com ', true],
    ]);
  });

  it('gives the arguments of a tool whole, as JSON', () => {
    const { call } = rigOf({
      pii: { kind: 'pii', reversible: true, on: ['input', 'output'], entities: ['email', 'us-ssn'] },
    });
    return checkPrompt(call, ask('joe@example.com')).then(() => {
      const stream = call.openOutput().watch(plainWriter);
      const written = [
        stream.write({ type: 'tool-start', index: 0, id: 'c', name: 'f' }),
        stream.write({ type: 'tool-delta', index: 0, json: '{"to":"[EMA' }),
        stream.write({ type: 'tool-delta', index: 0, json: 'IL_1]","n":12}' }),
        stream.write({ type: 'part-end', index: 0 }),
      ];
      expect(written.slice(0, 3)).toEqual(['', '', '']);
      expect(JSON.parse(written[3] as string)).toEqual({ to: 'joe@example.com', n: 12 });
    });
  });

  it('is passed on at once, with its probabilities, where guards only observe', () => {
    const { call, reports } = rigOf({ a: { ...NO_KEYS, on: ['output'], mode: 'observe' } });
    const seen: unknown[] = [];
    const stream = call.openOutput().watch({ write: (event) => String(seen.push(event)) });
    const logprobs = [{ token: 'sk', logprob: 0, top: [] }];
    const events = answerIn(['sk', '-abcdefgh1']).map((event) =>
      event.type === 'text-delta' ? { ...event, logprobs } : event,
    );
    for (const event of events) stream.write(event);
    expect(seen).toEqual(events);
    expect(reports).toEqual(['a output observed']);
  });

  it('differs by its guards in the cache', () => {
    const variant = (settings: object) => rigOf(settings).call.variant;
    expect(variant({ a: NO_KEYS })).toBe(variant({ a: NO_KEYS }));
    expect(variant({ a: NO_KEYS })).not.toBe(variant({ a: MASK }));
    expect(variant({ a: NO_KEYS })).not.toBe(variant({ a: NO_KEYS, b: MASK }));
  });
});
