import type { Adjustment, ChatEvent, JsonObject } from '@sluice/contract';
import { anthropicMessages } from '@sluice/dialect-anthropic';
import { anthropic } from '@sluice/provider-anthropic';
import { createProviderDeps, foldEvents, seededRandom, splitRandomly, unfoldResult } from '@sluice/testkit';
import { createFrameReader } from '@sluice/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { answer } from './__fixtures__/anthropic-answers.js';
import { currentBody, olderBody } from './__fixtures__/anthropic-bodies.js';

/*
 * What goes through the canonical form from Anthropic's dialect to Anthropic's adapter, and back, stays what it was. It is
 * the road of every call that cannot pass as bytes, and of Claude behind other vendors' doors.
 */

function create(version: '2023-06-01' | '2026-10-21') {
  const settings = anthropic.settings.parse({ kind: 'anthropic', version });
  const { baseUrl, operations } = anthropic.create(settings, createProviderDeps({}));
  const { chat } = operations;
  if (!chat?.stream) throw new Error('The adapter has no chat.');
  return { baseUrl, chat, stream: chat.stream };
}

const first = create('2023-06-01');
const latest = create('2026-10-21');
const { chat, stream } = first;
const HEAD = { status: 200, headers: {} };
const TARGET = { provider: 'claude', model: 'm', baseUrl: first.baseUrl };
const CONTEXT = { requestId: 'req_1', answerId: 'answer_1', createdSeconds: 0, wantsUsage: true };

interface Sent {
  readonly body: JsonObject;
  readonly adjustments: readonly Adjustment[];
}
function send(body: JsonObject, { chat, baseUrl } = first): Sent {
  const target = { provider: 'claude', model: String(body.model), baseUrl };
  const { request: sent, adjustments } = chat.encode(anthropicMessages.parse(body).toRequest(), target);
  return { body: JSON.parse(String(sent.body)) as JsonObject, adjustments };
}
const prefixOf = ({ tools, system, messages }: JsonObject): string => JSON.stringify({ tools, system, messages });

describe('a request', () => {
  it.each([
    ['of an older model', olderBody, first],
    ['of a current model', currentBody, first],
    ['of the latest version', currentBody, latest],
  ])('%s comes out as it went in, its prompt to the byte', (_name, bodies, account) => {
    fc.assert(
      fc.property(bodies, (body) => {
        const sent = send(body, account);
        expect(sent).toEqual({ body, adjustments: [] });
        expect(prefixOf(sent.body)).toBe(prefixOf(body));
      }),
      { numRuns: 200 },
    );
  });

  const HI = { role: 'user', content: [{ type: 'text', text: 'Hi' }] };
  const ask = (fields: JsonObject): JsonObject => ({
    model: 'claude-haiku-4-5',
    max_tokens: 16,
    messages: [HI],
    ...fields,
  });

  it.each<readonly [string, JsonObject, JsonObject]>([
    ['text in short is text at length', { messages: [{ role: 'user', content: 'Hi' }] }, {}],
    ['defaults are left out', { stream: false, stop_sequences: [], tools: [], metadata: {} }, {}],
    ['nulls are left out', { container: null, speed: null, inference_geo: null, cache_control: null }, {}],
    [
      'blank text is left out',
      { messages: [{ role: 'user', content: [{ type: 'text', text: ' ' }, ...HI.content] }] },
      {},
    ],
    [
      'turns of one role are one turn',
      { messages: [HI, HI] },
      { messages: [{ ...HI, content: [...HI.content, ...HI.content] }] },
    ],
    [
      'instructions at the beginning are the system prompt',
      { messages: [{ role: 'system', content: 'Be brief.' }, HI] },
      { system: [{ type: 'text', text: 'Be brief.' }] },
    ],
    [
      'results of tools come first in their turn',
      {
        messages: [
          { role: 'user', content: [...HI.content, { type: 'tool_result', tool_use_id: 't', content: 'ok' }] },
        ],
      },
      {
        messages: [
          {
            role: 'user',
            content: [
              { type: 'tool_result', tool_use_id: 't', content: [{ type: 'text', text: 'ok' }] },
              ...HI.content,
            ],
          },
        ],
      },
    ],
    [
      'a tool says no more than it must',
      { tools: [{ type: 'custom', name: 'look', input_schema: { type: 'object' }, strict: false }] },
      { tools: [{ name: 'look', input_schema: { type: 'object' } }] },
    ],
    [
      'the model is the caller of a tool where nothing else is said',
      { messages: [HI, { role: 'assistant', content: [{ ...call(), caller: { type: 'direct' } }] }] },
      { messages: [HI, { role: 'assistant', content: [call()] }] },
    ],
  ])('differs in form only: %s', (_name, fields, sent) => {
    expect(send(ask(fields))).toEqual({ body: ask(sent), adjustments: [] });
  });

  it('asks for the beta features of the caller', () => {
    const request = anthropicMessages.parse(ask({}), { headers: { 'anthropic-beta': 'a,b' } }).toRequest();
    expect(chat.encode(request, TARGET).request.headers['anthropic-beta']).toBe('a,b');
  });
});

function call(): JsonObject {
  return { type: 'tool_use', id: 'toolu_1', name: 'look', input: {} };
}

describe('an answer', () => {
  const decode = (message: unknown) => chat.decode(Buffer.from(JSON.stringify(message)), HEAD, TARGET);

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(answer, (message) => {
        expect(JSON.parse(anthropicMessages.writeResult(decode(message), CONTEXT))).toEqual(message);
      }),
      { numRuns: 300 },
    );
  });

  it('says the same as a stream, however its bytes are cut', () => {
    fc.assert(
      fc.property(answer, fc.nat(), (message, seed) => {
        const result = decode(message);
        const writer = anthropicMessages.stream?.open(CONTEXT);
        const written = unfoldResult(result).map((event) => writer?.write(event) ?? '');
        expect(foldEvents(read(splitRandomly(Buffer.from(written.join('')), seededRandom(seed))))).toEqual(result);
      }),
      { numRuns: 300 },
    );
  });

  function read(pieces: readonly Uint8Array[]): readonly ChatEvent[] {
    const reader = createFrameReader();
    const decoder = stream.open(HEAD, TARGET);
    const events = pieces.flatMap((piece) => reader.push(piece).flatMap((frame) => decoder.push(frame)));
    return [...events, ...decoder.end()];
  }

  it('tells a reason for refusing as text too, for clients that show nothing else', () => {
    const details = { type: 'refusal', category: 'cyber', explanation: 'This could help with an attack.' };
    const message = { type: 'message', content: [], stop_reason: 'refusal', stop_details: details };
    expect(JSON.parse(anthropicMessages.writeResult(decode(message), CONTEXT))).toMatchObject({
      content: [{ type: 'text', text: 'This could help with an attack.' }],
      stop_reason: 'refusal',
      stop_details: details,
    });
  });
});
