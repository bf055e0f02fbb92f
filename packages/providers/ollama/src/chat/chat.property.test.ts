import { isGatewayError } from '@sluice/contract';
import type { ChatEvent, ChatRequest } from '@sluice/contract';
import { deepFreeze, foldEvents, randomChatRequest, seededRandom, splitRandomly } from '@sluice/testkit';
import { createLineReader } from '@sluice/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../__fixtures__/request-schema.js';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createLineDecoder } from './stream-decoder.js';

const TARGET = { provider: 'local', model: 'qwen3:0.6b', baseUrl: new URL('http://127.0.0.1:11434') };
const OWN = { kind: 'ollama-chat', data: {} };
const seeds = fc.integer({ min: 1, max: 2 ** 31 });

/** The body for a request; nothing where it was refused as a request of this kind may be. */
function bodyOf(request: ChatRequest): string | undefined {
  try {
    return String(encodeChat(request, TARGET, {}).request.body);
  } catch (error) {
    if (isGatewayError(error, 'invalid_value') && error.details.param === 'messages') return undefined;
    throw error;
  }
}

describe('any request', () => {
  it('becomes one that the server takes, the same each time, or is refused by name', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const request = deepFreeze(randomChatRequest(seededRandom(seed), { ownState: OWN }));
        const body = bodyOf(request);
        if (body === undefined) return;
        expect(chatRequestSchema.safeParse(JSON.parse(body)).error).toBeUndefined();
        expect(bodyOf(request)).toBe(body);
      }),
      { numRuns: 1_000 },
    );
  });

  it('loses each parameter once', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const request = randomChatRequest(seededRandom(seed), { ownState: OWN });
        if (bodyOf(request) === undefined) return;
        const names = encodeChat(request, TARGET, {}).adjustments.map(({ parameter }) => parameter);
        expect(names).toEqual([...new Set(names)]);
      }),
    );
  });
});

const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('\n', '🌈', '"}', '\u2028'));
/** What JSON can say: -0 it cannot. */
const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
const call = fc.record({
  function: fc.record({ name: fc.constantFrom('look', 'leave'), arguments: fc.dictionary(word, json) }),
});
const message = fc.record(
  { content: word, thinking: word, tool_calls: fc.array(call, { maxLength: 2 }) },
  { requiredKeys: ['content'] },
);
const END = { done: true, done_reason: 'stop', prompt_eval_count: 3, eval_count: 4 };
const lines = (messages: readonly object[]): Buffer => {
  const all = messages.map((said, second) => ({
    model: 'm',
    created_at: `2026-01-01T00:00:0${second}Z`,
    message: said,
  }));
  return Buffer.from([...all, { model: 'm', ...END }].map((line) => `${JSON.stringify(line)}\n`).join(''));
};

function read(reads: readonly Uint8Array[]): readonly ChatEvent[] {
  const reader = createLineReader();
  const decoder = createLineDecoder();
  const frames = [...reads.flatMap((bytes) => reader.push(bytes)), ...(reader.end?.() ?? [])];
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

describe('any stream', () => {
  it('gives the same events however it is cut, in order, and all that was said', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 6 }), seeds, (messages, seed) => {
        const bytes = lines(messages);
        const events = read([bytes]);
        expect(read(splitRandomly(bytes, seededRandom(seed), 9))).toEqual(events);
        const { content } = foldEvents(events);
        const said = content.map((part) => (part.type === 'text' ? part.text : '')).join('');
        expect(said).toBe(messages.map(({ content: text }) => text).join(''));
        const calls = content.filter((part) => part.type === 'tool-call').map(({ json }) => json);
        const sent = messages.flatMap(({ tool_calls = [] }) => tool_calls);
        expect(calls).toEqual(sent.map(({ function: { arguments: args } }) => JSON.stringify(args)));
      }),
    );
  });

  it('that was cut anywhere never passes for a whole one', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 3 }), fc.nat(), (messages, at) => {
        const bytes = lines(messages);
        // The last line end may be missing.
        const cut = bytes.subarray(0, at % (bytes.length - 1));
        expect(() => read([cut])).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
      }),
    );
  });

  it('of any lines fails with an error of the table or not at all', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), word, fc.constant('{"message":{"tool_calls":[null]}}'))), (texts) => {
        expect(() => tolerate(() => read([Buffer.from(texts.join('\n'))]))).not.toThrow();
      }),
    );
  });
});

it('gives back to the server what the server said', () => {
  fc.assert(
    fc.property(message, (said) => {
      const answer = JSON.stringify({ model: 'm', created_at: '2026-01-01T00:00:00Z', message: said, ...END });
      const { content } = decodeChat(Buffer.from(answer));
      const messages = [{ role: 'assistant' as const, content }];
      const [sent] = (JSON.parse(bodyOf({ messages, stream: false }) ?? '{}') as { messages: readonly object[] })
        .messages;
      const calls = said.tool_calls?.map(({ function: called }, index) => ({ function: { ...called, index } }));
      expect(sent).toMatchObject({
        content: said.content,
        ...(said.thinking ? { thinking: said.thinking } : {}),
        ...(calls && calls.length > 0 ? { tool_calls: calls } : {}),
      });
    }),
  );
});

/** Runs it; an error of the table is as good as none. */
function tolerate(attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
  }
}
