import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ChatEvent, ModerationVerdict, UpstreamRequest, WholeResponse } from '@sluice/contract';
import { answerIn, ask, checkPrompt, plainWriter, rigOf } from '../__fixtures__/guards-rig.js';
import type { RigOptions } from '../__fixtures__/guards-rig.js';

const HOOK = { kind: 'webhook', url: 'http://127.0.0.1:9/judge', secret: { env: 'HOOK' } };
const MODERATION = { kind: 'moderation', provider: 'openai', model: 'omni' };

function answering(status: number, body: unknown): (request: UpstreamRequest) => Promise<WholeResponse> {
  return () => Promise.resolve({ head: { status, headers: {} }, body: Buffer.from(JSON.stringify(body)) });
}
function hook(options: RigOptions, more: object = {}) {
  return rigOf({ hook: { ...HOOK, ...more } }, options);
}

describe('a webhook', () => {
  it('is told what is asked by whom, signed', async () => {
    const sent: UpstreamRequest[] = [];
    const { call } = hook({
      send: (request) => {
        sent.push(request);
        return answering(200, { verdict: 'allow' })(request);
      },
    });
    const request = ask('hello');
    expect((await checkPrompt(call, request)).request).toBe(request);
    const [{ method, url, headers, body } = {} as UpstreamRequest] = sent;
    expect([method, url.href]).toEqual(['POST', HOOK.url]);
    expect(JSON.parse(body as string)).toEqual({
      guard: 'hook',
      on: 'input',
      requestId: 'req_1',
      model: 'gpt',
      key: { id: 'key_1', name: 'ci' },
      tenant: 'acme',
      texts: [{ kind: 'user', text: 'hello' }],
    });
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body as string}`;
    const mac = createHmac('sha256', 'a secret of more than 24 bytes').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${mac}`);
  });

  it('refuses', async () => {
    const { call, reports } = hook({ send: answering(200, { verdict: 'reject' }) });
    await expect(checkPrompt(call, ask('hello'))).rejects.toMatchObject({ code: 'content_policy_violation' });
    expect(reports).toEqual(['hook input refused']);
  });

  it('rewrites', async () => {
    const { call } = hook({ send: answering(200, { verdict: 'rewrite', texts: ['hi', 'there'] }) });
    expect(await checkPrompt(call, ask('hello', 'you'))).toEqual({ request: ask('hi', 'there'), isRewritten: true });
  });

  it.each([
    ['a status that is not 200', answering(302, { verdict: 'allow' })],
    ['what is no verdict', answering(200, { verdict: 'maybe' })],
    ['texts of another number', answering(200, { verdict: 'rewrite', texts: [] })],
    ['what is no JSON', () => Promise.resolve({ head: { status: 200, headers: {} }, body: Buffer.from('<html>') })],
    ['no answer', () => Promise.reject(new Error('refused'))],
  ])('that answers with %s counts as its settings say', async (_, send) => {
    const closed = hook({ send });
    await expect(checkPrompt(closed.call, ask('hello'))).rejects.toThrow('The guard "hook" refused the request.');
    expect(closed.reports).toEqual(['hook input failed']);
    expect(closed.failures).toHaveLength(1);
    expect(closed.failures[0]).not.toContain('html');
    const open = hook({ send }, { onFailure: 'allow' });
    expect((await checkPrompt(open.call, ask('hello'))).isRewritten).toBe(false);
    expect(open.call.noted('acting')).toBe('hook=failed');
  });

  it('is waited for only so long', async () => {
    const { call, clock, failures } = hook({ send: () => new Promise(() => undefined) }, { timeoutMs: 500 });
    const refused = checkPrompt(call, ask('hello')).catch((cause: unknown) => cause);
    await new Promise(setImmediate);
    clock.advance(500);
    expect(await refused).toMatchObject({ code: 'content_policy_violation' });
    expect(failures).toEqual(['hook: No answer within 500 ms.']);
  });

  it('judges a stream before anything of it is out', async () => {
    const { call } = hook({ send: answering(200, { verdict: 'allow' }) }, { on: ['output'] });
    const stream = call.openOutput().watch(plainWriter);
    expect(
      answerIn(['a', 'b', 'c'])
        .map((event) => stream.write(event))
        .join(''),
    ).toBe('');
    expect(stream.isReleased).toBe(false);
    expect(await stream.review?.()).toBe('abc');
    expect(stream.isReleased).toBe(true);
  });

  it('refuses and rewrites a stream', async () => {
    const streamed = (verdict: object) => {
      const { call } = hook({ send: answering(200, verdict) }, { on: ['output'] });
      const stream = call.openOutput().watch(plainWriter);
      for (const event of answerIn(['a', 'b'])) stream.write(event);
      return stream.review?.();
    };
    await expect(streamed({ verdict: 'reject' })).rejects.toThrow('The guard "hook" refused the answer.');
    expect(await streamed({ verdict: 'rewrite', texts: ['other'] })).toBe('other');
  });

  it('that observes keeps nobody waiting', async () => {
    const { call, reports } = hook(
      { send: answering(200, { verdict: 'reject' }) },
      { on: ['output'], mode: 'observe' },
    );
    const stream = call.openOutput().watch(plainWriter);
    expect(
      answerIn(['a', 'b'])
        .map((event) => stream.write(event))
        .join(''),
    ).toBe('ab');
    expect(stream.review).toBeUndefined();
    await new Promise(setImmediate);
    expect(reports).toEqual(['hook output observed']);
  });

  it.each(['enforce', 'observe'])(
    'sees nothing that was masked in the prompt, though the caller has it back: %s',
    async (mode) => {
      const seen: unknown[] = [];
      const send: RigOptions['send'] = (request) => {
        seen.push(...(JSON.parse(request.body as string) as { readonly texts: readonly unknown[] }).texts);
        return answering(200, { verdict: 'allow' })(request);
      };
      const { call } = rigOf(
        { pii: { kind: 'pii', reversible: true }, hook: { ...HOOK, on: ['output'], mode } },
        { send },
      );
      await checkPrompt(call, ask('joe@example.com'));
      const written: ChatEvent[] = [];
      const stream = call.openOutput().watch({ write: (event) => String(written.push(event)) });
      const citation = { title: 'Of [EMAIL_1]', opaque: { kind: 'openai-chat', data: { of: '[EMAIL_1]' } } };
      const events: readonly ChatEvent[] = [
        { type: 'text-delta', index: 0, text: 'To [EMAIL' },
        { type: 'citation', index: 0, citation },
        { type: 'text-delta', index: 0, text: '_1] and [EMAIL' },
        { type: 'part-end', index: 0, opaque: citation.opaque },
        { type: 'tool-start', index: 1, id: 'c', name: 'f' },
        { type: 'tool-delta', index: 1, json: '{"to":"[EMAIL_1]"}' },
        { type: 'part-end', index: 1 },
        { type: 'finish', finish: { unified: 'stop' } },
      ];
      for (const event of events) stream.write(event);
      await stream.review?.();
      await new Promise(setImmediate);
      expect(seen).toEqual([
        { kind: 'text', text: 'To [EMAIL_1] and [EMAIL' },
        { kind: 'tool-call', text: '{"to":"[EMAIL_1]"}' },
      ]);
      const texts = written.map((event) => ('text' in event ? event.text : 'json' in event ? event.json : ''));
      expect(texts.join('')).toBe('To joe@example.com and [EMAIL{"to":"joe@example.com"}');
      const cited = { title: 'Of joe@example.com', opaque: { kind: 'openai-chat', data: { of: 'joe@example.com' } } };
      expect(written).toContainEqual({ type: 'citation', index: 0, citation: cited });
      expect(written).toContainEqual({ type: 'part-end', index: 0, opaque: cited.opaque });
    },
  );
});

describe('moderation', () => {
  const verdict = (more: Partial<ModerationVerdict> = {}): ModerationVerdict => ({
    flagged: false,
    scores: { violence: 0.4 },
    categories: { violence: false },
    ...more,
  });
  const judged = (more: Partial<ModerationVerdict>, settings: object = {}) => {
    const moderate = ({ texts }: { readonly texts: readonly string[] }) =>
      Promise.resolve(texts.map(() => verdict(more)));
    return checkPrompt(rigOf({ moderation: { ...MODERATION, ...settings } }, { moderate }).call, ask('hello'));
  };

  it.each([
    ['what the provider flags', { flagged: true }, {}],
    ['a score at the threshold', {}, { threshold: 0.4 }],
    ['a category that counts', { categories: { violence: true } }, { categories: ['violence'] }],
  ])('refuses %s', async (_, more, settings) => {
    await expect(judged(more, settings)).rejects.toMatchObject({ code: 'content_policy_violation' });
  });
  it.each([
    ['what it does not flag', {}, {}],
    ['a score below the threshold', { flagged: true }, { threshold: 0.5 }],
    ['other categories', { flagged: true, categories: { violence: true } }, { categories: ['self-harm'] }],
  ])('lets %s through', async (_, more, settings) => {
    expect((await judged(more, settings)).isRewritten).toBe(false);
  });
  it('that judges too few texts has failed', async () => {
    const { call } = rigOf({ moderation: MODERATION }, { moderate: () => Promise.resolve([]) });
    await expect(checkPrompt(call, ask('hello'))).rejects.toThrow('moderation');
  });
});

describe('a schema', () => {
  const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
  const checked = async (text: string, given: unknown, request = ask('hello')) => {
    const { call } = rigOf({ shape: { kind: 'json-schema', schema: given } });
    await checkPrompt(call, request);
    const result = { id: 'a', model: 'm', content: [{ type: 'text', text }], finish: { unified: 'stop' } };
    return call.openOutput().checkResult(result);
  };

  it('lets an answer through that is as it says', async () => {
    expect(await checked('{"n": 1}', schema)).toMatchObject({ content: [{ text: '{"n": 1}' }] });
  });
  it.each(['{"n": "1"}', '{}', 'no JSON', '{"n": 1} and more'])('refuses %s', async (text) => {
    await expect(checked(text, schema)).rejects.toThrow('The guard "shape" refused the answer.');
  });
  it('may be the one of the call', async () => {
    const request = { ...ask('x'), responseFormat: { type: 'json-schema', name: 'n', schema } } as const;
    await expect(checked('{}', 'request', request)).rejects.toThrow('shape');
    expect(await checked('anything', 'request')).toBeDefined();
  });
  it.each([
    ['reject', 'The guard "shape" refused the answer.'],
    ['allow', 'let through'],
  ])('of a caller that takes too many steps is a failure: %s', async (onFailure, expected) => {
    const twice = (i: number) => ({ allOf: [{ $ref: `#/$defs/a${i + 1}` }, { $ref: `#/$defs/a${i + 1}` }] });
    const $defs = Object.fromEntries(Array.from({ length: 41 }, (_, i) => [`a${i}`, i === 40 ? {} : twice(i)]));
    const format = { type: 'json-schema', name: 'n', schema: { $ref: '#/$defs/a0', $defs } } as const;
    const { call, failures, reports } = rigOf({ shape: { kind: 'json-schema', schema: 'request', onFailure } });
    await checkPrompt(call, { ...ask('x'), responseFormat: format });
    const result = { id: 'a', model: 'm', content: [{ type: 'text', text: '{}' }], finish: { unified: 'stop' } };
    const outcome = await call
      .openOutput()
      .checkResult(result)
      .then(
        () => 'let through',
        (cause: unknown) => (cause as Error).message,
      );
    expect(outcome).toBe(expected);
    expect(failures).toEqual(['shape: The schema takes more than 1000000 steps.']);
    expect(reports).toEqual(['shape output failed']);
  });
  it('of a caller that cannot be checked is a failure', async () => {
    const odd = {
      ...ask('x'),
      responseFormat: { type: 'json-schema', name: 'n', schema: { $dynamicRef: '#x' } },
    } as const;
    await expect(checked('{}', 'request', odd)).rejects.toThrow('shape');
  });
});
