import { randomBytes } from 'node:crypto';
import { createRedaction } from '@sluice/guards';
import { createManualClock } from '@sluice/testkit';
import { createScrubber, createSealer } from '@sluice/toolkit';
import { describe, expect, it } from 'vitest';
import { temporaryStore } from '../__fixtures__/store.js';
import type { Policy } from './capture.js';
import { MAX_HELD_BYTES, RequestHistory } from './request-history.js';

const DAY_MS = 86_400_000;
const ROOT = 'r'.repeat(43);
const SECRET = 'Cq7mw2xk9vTz4pLr8sNb3hYd6gJf1aQe';
const JSON_TYPE = 'application/json';
const SSE = 'text/event-stream; charset=utf-8';
const POLICY: Policy = {
  bodies: 'all',
  retentionMs: 7 * DAY_MS,
  maxBytes: 65_536,
  redact: createRedaction({ entities: ['email', 'credit-card'], patterns: ['ACME-\\d{4}'] }),
};

function open(policy: Partial<Policy> = {}) {
  const store = temporaryStore();
  const clock = createManualClock();
  const errors: unknown[] = [];
  const scrubber = createScrubber(10);
  scrubber.learn(SECRET);
  const sealer = createSealer({ root: ROOT, purpose: 'request-history', random: randomBytes });
  const history = new RequestHistory({
    repository: store.history,
    clock,
    sealer,
    scrub: (text) => scrubber.scrub(text),
    onError: (cause) => errors.push(cause),
  });
  const said = history.under((model) => (model === 'off' ? undefined : { ...POLICY, ...policy }));
  return { store, clock, history, said, errors };
}

interface Exchange {
  readonly id?: string;
  readonly model?: string;
  readonly asked?: string;
  readonly askedType?: string;
  readonly type?: string;
  readonly answered?: readonly string[];
  readonly isFailed?: boolean;
}

function say({ said }: Pick<ReturnType<typeof open>, 'said'>, exchange: Exchange): void {
  const { id = 'a', model = 'm', asked = '{}', askedType = JSON_TYPE, type = JSON_TYPE, answered = ['{}'] } = exchange;
  const capture = said.begin({ id, model, contentType: askedType, body: Buffer.from(asked) }, type);
  for (const chunk of answered) capture?.push(chunk);
  capture?.end(exchange.isFailed ?? false);
}

const event = (value: unknown): string => `data: ${JSON.stringify(value)}\n\n`;
const delta = (content: string, index = 0) => ({ id: 'chatcmpl-123456', choices: [{ index, delta: { content } }] });
const textOf = (stream: string | null): string =>
  [...(stream ?? '').matchAll(/^data: (\{.*)$/gm)]
    .map(([, json = '']) => (JSON.parse(json) as ReturnType<typeof delta>).choices[0]?.delta.content)
    .join('');

describe('the history of requests', () => {
  it('keeps both bodies to the letter, sealed, and writes them a moment later', () => {
    const rig = open();
    const [asked, answer] = ['{ "a": 1.0, "t": "H\\u00e4" }', '{"n":12345678901234567890}'];
    say(rig, { asked, answered: [answer] });
    expect(rig.store.history.find('a', 0)).toBeUndefined();
    rig.clock.advance(200);
    expect(rig.store.history.find('a', 0)).toMatch(/^sealed1\.[\w.-]+$/);
    expect(rig.history.find('a')).toEqual({ bodies: 'kept', request: asked, response: answer });
  });

  it('knows nothing of a request that it was not shown, and of a model of which nothing is kept', () => {
    const rig = open();
    say(rig, { model: 'off' });
    expect(rig.history.find('a')).toEqual({ bodies: 'off', request: null, response: null });
  });

  it('keeps failures alone where that is asked', () => {
    const rig = open({ bodies: 'errors' });
    say(rig, { id: 'good' });
    say(rig, { id: 'bad', isFailed: true });
    expect(['good', 'bad'].map((id) => rig.history.find(id).bodies)).toEqual(['off', 'kept']);
  });

  it('cuts what is longer, and says so', () => {
    const rig = open({ maxBytes: 10 });
    say(rig, { id: 'a', asked: `{"a":"${'x'.repeat(5_000)}"}` });
    say(rig, { id: 'b', answered: ['{"b":"', 'y'.repeat(3), '"   ', '}'] });
    expect(rig.history.find('a')).toEqual({ bodies: 'cut', request: '{"a":"xxxx', response: '{}' });
    expect(rig.history.find('b')).toEqual({ bodies: 'cut', request: '{}', response: '{"b":"yyy"' });
  });

  it('leaves out what is no text, and says so', () => {
    const rig = open();
    say(rig, { askedType: 'multipart/form-data; boundary=x', type: 'audio/mpeg' });
    expect(rig.history.find('a')).toEqual({ bodies: 'cut', request: null, response: null });
  });

  it('forgets what its retention is over for, within a minute, also what an earlier run kept', () => {
    const rig = open({ retentionMs: DAY_MS });
    for (let at = 0; at < 250; at += 1) say(rig, { id: `r${at}` });
    rig.history.flush();
    rig.clock.advance(DAY_MS - 60_000);
    expect(rig.history.find('r0').bodies).toBe('kept');
    rig.clock.advance(60_000);
    expect(rig.history.find('r0').bodies).toBe('off');
    for (let at = 0; at < 5; at += 1) rig.clock.advance(60_000);
    expect(rig.store.history.find('r249', 0)).toBeUndefined();
  });

  it('holds so much at most: what is beyond is dropped whole, and counted', () => {
    const rig = open({ maxBytes: 1_048_576, redact: (text) => text });
    const asked = JSON.stringify('z'.repeat(1_000_000));
    for (let at = 0; at * 1_000_000 < MAX_HELD_BYTES; at += 1) say(rig, { id: `r${at}`, asked });
    expect(rig.history.dropped).toBe(1);
    rig.history.flush();
    expect(['r0', 'r32', 'r33'].map((id) => rig.history.find(id).bodies)).toEqual(['kept', 'kept', 'off']);
    say(rig, { id: 'after', asked });
    expect([rig.history.find('after').bodies, rig.history.dropped]).toEqual(['kept', 1]);
  });

  it('drops and reports what cannot be written, and goes on', () => {
    const rig = open();
    rig.clock.advance(0);
    rig.store.close();
    say(rig, {});
    rig.clock.advance(200);
    expect([rig.history.dropped, rig.errors.length]).toEqual([1, 1]);
    rig.history.close();
  });
});

describe('redaction', () => {
  it('takes out secrets by their value, personal data and patterns, and leaves the rest to the letter', () => {
    const rig = open();
    const asked = `{ "text": "a\\n4111 1111 1111 1111\\u0020${SECRET}", "n": 4111111111111111, "k": 1.50, "mail": "x@y.example" }`;
    const answered = [JSON.stringify({ arguments: '{"q":"line\\n4111111111111111 ACME-1234"}' })];
    say(rig, { asked, answered });
    expect(rig.history.find('a')).toEqual({
      bodies: 'kept',
      request: '{ "text": "a\\n[CARD] [redacted]", "n": "[CARD]", "k": 1.50, "mail": "[EMAIL]" }',
      response: JSON.stringify({ arguments: '{"q":"line\\n[CARD] [REDACTED]"}' }),
    });
  });

  it('finds what a stream brings in pieces, of each of its texts by itself', () => {
    const rig = open();
    const pieces = ['My card: 41', '11 1111 ', '1111 1111', '. ACM', 'E-9876', SECRET.slice(0, 10), SECRET.slice(10)];
    const answered = pieces.flatMap((piece, at) => [event(delta(piece)), event(delta(`o${at} `, 1))]);
    say(rig, { type: SSE, answered: [...answered, 'data: [DONE]\n\n'] });
    const { bodies, response } = rig.history.find('a');
    expect(bodies).toBe('kept');
    expect(textOf(response)).toContain('My card: [CARD]. [REDACTED][redacted]');
    expect(textOf(response)).toContain('o0 ');
    expect(response).toMatch(/\[DONE\]\n\n$/);
    expect(response).not.toMatch(/1111|9876/);
  });

  it('leaves a stream in which nothing is found to the letter', () => {
    const rig = open();
    const answered = [': hello\n\n', 'event: x\ndata:  {"a": "b"}\n\n', event(delta('Hi')), event(delta(' there'))];
    say(rig, { type: SSE, answered });
    expect(rig.history.find('a').response).toBe(answered.join(''));
  });

  it('lets nothing through at a cut that would have been found behind it', () => {
    for (let maxBytes = 20; maxBytes < 60; maxBytes += 4) {
      const rig = open({ maxBytes });
      say(rig, { asked: `{"text":"My address is someone.else@host.example, ${'x'.repeat(2_000)}"}` });
      expect(rig.history.find('a').request).not.toContain('someone');
      const digits = [...'My card: 4111111111111111'].map((digit) => event(delta(digit)));
      say(rig, { id: 'b', type: SSE, answered: digits });
      expect(textOf(rig.history.find('b').response)).not.toMatch(/\d/);
    }
  });

  it('reads a list of parts as a stream, and keeps nothing of one that is not whole', () => {
    const rig = open({ maxBytes: 2_000 });
    const parts = ['[', JSON.stringify(delta('x@y.ex')), ',\n', JSON.stringify(delta('ample!'))];
    say(rig, { answered: [...parts, ']'] });
    say(rig, { id: 'b', answered: parts });
    expect(JSON.parse(rig.history.find('a').response ?? '')).toMatchObject([delta('[EMAIL]!'), delta('')]);
    expect(rig.history.find('b')).toMatchObject({ bodies: 'cut', response: null });
  });
});
