import type { AssistantPart, ChatRequest, ChatResult, Message, Usage } from '@sluice/contract';
import { arbitraries, foldEvents } from '@sluice/testkit';
import { tryParseExact } from '@sluice/toolkit';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { CLIENTS } from './__fixtures__/clients.js';
import { HI, RESULT } from './__fixtures__/clients/client.js';
import { RUNS } from './__fixtures__/runs.js';
import { answerFor, parseFor, readStream, streamFor } from './__fixtures__/translate.js';
import { VENDORS } from './__fixtures__/vendors.js';
import type { Vendor } from './__fixtures__/vendors.js';

/* Every dialect of a client against every kind of provider: what the vendor said is what the client sees. */

const PAIRS = VENDORS.flatMap((vendor) =>
  CLIENTS.map((client) => ({ vendor, client, kind: vendor.kind, dialect: client.dialect.id })),
);

const ASKED: Message = { role: 'user', content: [{ type: 'text', text: HI }] };

function join(content: readonly AssistantPart[], ...types: readonly string[]): string {
  return content.map((part) => (types.includes(part.type) && 'text' in part ? part.text : '')).join('');
}

/** Arguments as text, or an object as the text that it would be written as. */
function textOf(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

const NOTHING = { inputTokens: 0, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 };

/** The counts that every dialect has a place for. */
function pick(usage: ChatResult['usage']): Partial<Usage> {
  return Object.fromEntries(Object.entries(usage ?? {}).filter(([name]) => name in NOTHING));
}

/** The conversation as the client would send it back, in canonical form. */
function nextRequest({ content }: ChatResult): ChatRequest {
  const results = content.flatMap((part): readonly Message[] =>
    part.type === 'tool-call' ? [{ role: 'tool', callId: part.id, content: [{ type: 'text', text: RESULT }] }] : [],
  );
  return { messages: [ASKED, { role: 'assistant', content }, ...results, ASKED], stream: false };
}

function sent({ chat, target }: Vendor, request: ChatRequest): unknown {
  const { messages, contents } = tryParseExact(String(chat.encode(request, target).request.body)) as Record<
    string,
    unknown
  >;
  return messages ?? contents;
}

vi.setConfig({ testTimeout: 300_000 });

describe.each(PAIRS)('$kind for a client of $dialect', ({ vendor, client }) => {
  const { wire, chat } = vendor;
  const answered = (shape: typeof wire.shape) =>
    arbitraries
      .answer(shape)
      .chain((result) => fc.tuple(fc.constant(result), arbitraries.stream(result, wire)))
      .map(([result, events]) => ({ result, plain: wire.plain(result), stream: wire.stream(events) }));

  it('says the same plain and as a stream, which ends once', () => {
    fc.assert(
      fc.property(answered(wire.shape), ({ plain, stream }) => {
        const streamed = client.assemble(streamFor(client, readStream(vendor, [stream])));
        expect(client.essence(streamed)).toEqual(
          client.essence(answerFor(client, chat.decode(plain, wire.head, vendor.target))),
        );
      }),
      RUNS,
    );
  });

  it('keeps words, arguments of tools and usage', () => {
    fc.assert(
      fc.property(answered(wire.shape), ({ result: { content }, plain }) => {
        const decoded = chat.decode(plain, wire.head, vendor.target);
        const { text, reasoning, calls, usage } = client.read(answerFor(client, decoded));
        expect(text).toBe(join(content, 'text', 'refusal'));
        expect(reasoning).toBe(join(content, 'reasoning'));
        const called = content.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
        expect(calls.map(([name]) => name)).toEqual(called.map(({ name }) => name));
        expect(calls.map(([, input]) => textOf(input))).toEqual(
          called.map(({ json }, at) => (typeof calls[at]?.[1] === 'string' ? json : textOf(tryParseExact(json)))),
        );
        expect(usage).toEqual({ ...NOTHING, ...pick(decoded.usage) });
      }),
      RUNS,
    );
  });

  const refuses = wire.shape.refuses === true && client.refuses;
  const turns = answered({ ...wire.shape, refuses, repeats: false, arguments: arbitraries.toolObject }).filter(
    ({ result }) => result.content.length > 0,
  );

  it('gives the vendor its own turn back as it was, plain or streamed', () => {
    fc.assert(
      fc.property(turns, ({ plain, stream }) => {
        const decoded = chat.decode(plain, wire.head, vendor.target);
        const expected = sent(vendor, nextRequest(decoded));
        const back = (answer: Parameters<typeof client.next>[0]) =>
          sent(vendor, parseFor(client, client.next(answer)).toRequest());
        expect(back(answerFor(client, decoded))).toEqual(expected);
        const events = readStream(vendor, [stream]);
        expect(foldEvents(events)).toEqual(decoded);
        expect(back(client.assemble(streamFor(client, events)))).toEqual(expected);
      }),
      RUNS,
    );
  });
});
