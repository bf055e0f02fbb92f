import { isGatewayError } from '@sluice/contract';
import type { ChatEvent, ChatRequest } from '@sluice/contract';
import { deepFreeze, foldEvents, randomChatRequest, seededRandom, splitRandomly } from '@sluice/testkit';
import { createFrameReader } from '@sluice/toolkit';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatRequestSchema } from '../__fixtures__/request-schema.js';
import { decodeChat } from './decode.js';
import { encodeChat } from './encode.js';
import { createEventDecoder } from './stream-decoder.js';

const TARGET = { provider: 'co', model: 'command-a-plus-05-2026', baseUrl: new URL('https://api.cohere.com') };
const OWN = { kind: 'cohere-chat', data: { field: 'thinking' } };
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
  it('becomes one that the vendor takes, the same each time, or is refused by name', () => {
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

const word = fc.oneof(fc.string({ unit: 'grapheme', maxLength: 8 }), fc.constantFrom('\n', '🌈', '"}', 'null'));
const pieces = fc.array(word, { maxLength: 4 });
const source = fc.constantFrom(
  { type: 'document', id: 'doc:0', document: { title: 'T' } },
  { type: 'tool', id: 't:0' },
);
/** A block of the answer, with the words that it comes in; a call's are its arguments. */
const block = fc.record({
  kind: fc.constantFrom('text', 'thinking', 'plan', 'call'),
  pieces,
  source,
  cites: fc.boolean(),
});
interface Block {
  readonly kind: string;
  readonly pieces: readonly string[];
  readonly source: object;
  readonly cites: boolean;
}

const USAGE = { tokens: { input_tokens: 3, output_tokens: 4 } };
const event = (type: string, rest: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...rest })}\n\n`;
const delta = (type: string, index: number, message: object) => event(type, { index, delta: { message } });

function writeBlock({ kind, pieces: words, source: from, cites }: Block, index: number): string {
  const cite = { citations: { start: 0, end: 1, text: 'x', sources: [from], type: 'TEXT_CONTENT' } };
  const cited = cites ? delta('citation-start', 0, cite) + event('citation-end', { index: 0 }) : '';
  if (kind === 'plan')
    return words.map((text) => delta('tool-plan-delta', index, { tool_plan: text })).join('') + cited;
  if (kind === 'call') {
    const made = { id: `c${index}`, type: 'function', function: { name: 'look', arguments: '' } };
    const grown = words.map((json) =>
      delta('tool-call-delta', index, { tool_calls: { function: { arguments: json } } }),
    );
    return (
      delta('tool-call-start', index, { tool_calls: made }) + grown.join('') + cited + event('tool-call-end', { index })
    );
  }
  const started = delta('content-start', index, { content: { type: kind, [kind]: '' } });
  const grown = words.map((text) => delta('content-delta', index, { content: { [kind]: text } }));
  return started + grown.join('') + event('content-end', { index }) + cited;
}

const stream = (blocks: readonly Block[]): Buffer => {
  const end = event('message-end', { delta: { finish_reason: 'COMPLETE', usage: USAGE } });
  return Buffer.from(`${event('message-start', { id: 'm' })}${blocks.map(writeBlock).join('')}${end}`);
};

function read(reads: readonly Uint8Array[]): readonly ChatEvent[] {
  const reader = createFrameReader();
  const decoder = createEventDecoder();
  const frames = [...reads.flatMap((bytes) => reader.push(bytes)), ...(reader.end?.() ?? [])];
  return [...frames.flatMap((frame) => decoder.push(frame)), ...decoder.end()];
}

describe('any stream', () => {
  it('gives the same events however it is cut, in order, and all that was said', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 5 }), seeds, (blocks, seed) => {
        const bytes = stream(blocks);
        const events = read([bytes]);
        expect(read(splitRandomly(bytes, seededRandom(seed), 9))).toEqual(events);
        const { content } = foldEvents(events);
        const saidAs = (kind: string) =>
          blocks
            .filter((one) => one.kind === kind)
            .flatMap((one) => one.pieces)
            .join('');
        expect(content.map((part) => (part.type === 'text' ? part.text : '')).join('')).toBe(saidAs('text'));
        expect(content.filter(({ type }) => type === 'tool-call')).toHaveLength(
          blocks.filter(({ kind }) => kind === 'call').length,
        );
      }),
    );
  });

  it('that was cut anywhere never passes for a whole one', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 3 }), fc.nat(), (blocks, at) => {
        const bytes = stream(blocks);
        const cut = bytes.subarray(0, at % bytes.length);
        expect(() => read([cut])).toThrow(expect.objectContaining({ code: 'upstream_truncated' }));
      }),
    );
  });

  it('of any frames fails with an error of the table or not at all', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.json(), word, fc.constant('{"type":"tool-call-delta"}'))), (texts) => {
        expect(() =>
          tolerate(() => read([Buffer.from(texts.map((data) => `data: ${data.replaceAll('\n', ' ')}\n\n`).join(''))])),
        ).not.toThrow();
      }),
    );
  });
});

const said = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 });
const wireMessage = fc.record(
  {
    thinking: said,
    text: said,
    tool_plan: said,
    tool_calls: fc.array(
      said.map((a) => JSON.stringify({ a })),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: ['text'] },
);

it('gives back to the vendor what the vendor said', () => {
  fc.assert(
    fc.property(wireMessage, source, ({ thinking, text, tool_plan: plan, tool_calls: calls }, from) => {
      const content = [...(thinking ? [{ type: 'thinking', thinking }] : []), { type: 'text', text }];
      const citation = {
        start: 0,
        end: 1,
        text,
        sources: [from],
        content_index: content.length - 1,
        type: 'TEXT_CONTENT',
      };
      const message = {
        role: 'assistant',
        content,
        citations: [citation],
        ...(calls ? { tool_calls: calls.map(toCall), ...(plan ? { tool_plan: plan } : {}) } : {}),
      };
      const answer = JSON.stringify({ id: 'a', finish_reason: 'COMPLETE', message });
      const result = decodeChat(Buffer.from(answer));
      const messages = [{ role: 'assistant' as const, content: result.content }];
      const sent = JSON.parse(bodyOf({ messages, stream: false }) ?? '{}') as { messages: readonly object[] };
      // One text alone goes as a string.
      expect(sent.messages).toEqual([{ ...message, content: content.length === 1 ? text : content }]);
    }),
  );
});

function toCall(json: string, position: number) {
  return { id: `c${position}`, type: 'function', function: { name: 'look', arguments: json } };
}

/** Runs it; an error of the table is as good as none. */
function tolerate(attempt: () => unknown): void {
  try {
    attempt();
  } catch (error) {
    if (!isGatewayError(error)) throw error;
  }
}
