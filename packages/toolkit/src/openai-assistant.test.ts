import type { AssistantPart, Citation, JsonObject, ReasoningPart, VendorState } from '@sluice/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  readAnnotation,
  readAudio,
  readImages,
  readReasoning,
  readReasoningDetail,
  readToolCalls,
  withHeldStates,
  writeAnnotations,
  writeAssistant,
} from './openai-wire.js';

const SIGNED: VendorState = { kind: 'anthropic-messages', data: { signature: 's' } };
const REDACTED: VendorState = { kind: 'anthropic-messages', data: { redacted: 'r' } };

/** The parts that a message stands for, as whoever gets it back reads them. */
function readBack(message: unknown): readonly AssistantPart[] {
  const wire = JSON.parse(JSON.stringify(message)) as JsonObject;
  const { parts, held } = readReasoning(wire);
  const said = typeof wire['content'] === 'string' ? [{ type: 'text' as const, text: wire['content'] }] : [];
  const rest = [...readImages(wire['images']), ...readAudio(wire['audio']), ...readToolCalls(wire)];
  return withHeldStates([...parts, ...said, ...rest], held);
}

const words = fc.string({ unit: 'grapheme', minLength: 1 });
/** What JSON can say: -0 it cannot. */
const json = fc.jsonValue().map((value): unknown => JSON.parse(JSON.stringify(value)));
const state: fc.Arbitrary<VendorState> = fc.oneof(
  fc.constantFrom(SIGNED, REDACTED),
  fc.record({ kind: fc.constantFrom('gemini-generate', 'openai-responses', 'x'), data: json }),
);
const opaque: fc.Arbitrary<{ readonly opaque?: VendorState }> = fc.oneof(fc.record({ opaque: state }), fc.constant({}));
const reasoning = fc
  .tuple(fc.string({ unit: 'grapheme' }), opaque)
  // A redacted part has no text, and a part with neither text nor state is none.
  .map(([text, more]) => ({ type: 'reasoning' as const, text: more.opaque === REDACTED ? '' : text, ...more }))
  .filter(({ text, opaque: own }: ReasoningPart) => text !== '' || own !== undefined);
const call = fc
  .tuple(fc.uuid(), words, opaque)
  .map(([id, name, more]) => ({ type: 'tool-call' as const, id, name, json: '{}', ...more }));
const answer = fc
  .tuple(
    fc.array(reasoning, { maxLength: 3 }),
    fc.option(fc.record({ type: fc.constant('text' as const), text: words }), { nil: undefined }),
    fc.array(call, { maxLength: 3 }),
  )
  .map(([thoughts, text, calls]): readonly AssistantPart[] => [...thoughts, ...(text ? [text] : []), ...calls])
  .filter((parts) => parts.some((part) => 'opaque' in part));

describe('an assistant that comes back', () => {
  it('has every state of a vendor where it was', () => {
    fc.assert(
      fc.property(answer, (parts) => {
        expect(readBack(writeAssistant(parts))).toEqual(parts);
      }),
    );
  });

  it("has vendors' own parts at their places, and the state of what it said", () => {
    const parts: readonly AssistantPart[] = [
      { type: 'reasoning', text: 'a', opaque: SIGNED },
      { type: 'vendor', state: { kind: 'x', data: { use: 1 } } },
      { type: 'vendor', state: { kind: 'x', data: { result: 1 } } },
      { type: 'text', text: 'b', opaque: { kind: 'x', data: 't' } },
    ];
    expect(readBack(writeAssistant(parts))).toEqual(parts);
  });

  it('has the images and the sound that it brought', () => {
    const parts: readonly AssistantPart[] = [
      { type: 'image', source: { kind: 'base64', mediaType: 'image/png', base64: 'AAAA' } },
      { type: 'audio', format: 'wav', base64: 'UklGRg==', transcript: 'hm' },
    ];
    expect(readBack(writeAssistant(parts))).toEqual([
      parts[0],
      { ...parts[1], opaque: { kind: 'openai-chat', data: { fields: { id: '', expires_at: 0 } } } },
    ]);
  });

  it('has its custom calls', () => {
    const [custom] = readToolCalls({
      tool_calls: [{ id: 'a', type: 'custom', custom: { name: 'sql', input: '"x"' } }],
    });
    expect(custom && writeAssistant([custom]).tool_calls).toEqual([
      { id: 'a', type: 'custom', custom: { name: 'sql', input: '"x"' } },
    ]);
  });

  it('says nothing of states where there are none', () => {
    expect(writeAssistant([{ type: 'reasoning', text: 'a' }])).toEqual({
      role: 'assistant',
      content: null,
      reasoning_content: 'a',
    });
  });
});

describe('reasoning', () => {
  const details = (...entries: readonly JsonObject[]) => readReasoning({ reasoning_details: entries }).parts;
  const piece = (text: string, more: JsonObject = {}) => ({ type: 'reasoning.text', index: 0, text, ...more });

  it('is one part where a client kept the pieces of a stream', () => {
    const signature = { signature: 's', format: 'anthropic-claude-v1' };
    expect(details(piece('a'), piece('b'), piece('', signature), piece('c'))).toEqual([
      { type: 'reasoning', text: 'ab', opaque: SIGNED },
      { type: 'reasoning', text: 'c' },
    ]);
  });

  it.for<readonly [JsonObject, readonly unknown[]]>([
    [{ reasoning_content: 'a', reasoning: 'b' }, [{ type: 'reasoning', text: 'a' }]],
    [{ reasoning: 'b', reasoning_details: [] }, [{ type: 'reasoning', text: 'b' }]],
    [
      {
        reasoning_content: 'a',
        thinking_blocks: [{ type: 'thinking', thinking: 'b', signature: 's' }, 7, { type: 'x' }],
      },
      [{ type: 'reasoning', text: 'b', opaque: SIGNED }],
    ],
    [
      {
        thinking_blocks: [
          { type: 'redacted_thinking', data: 'r' },
          { type: 'thinking', thinking: 'b' },
        ],
      },
      [
        { type: 'reasoning', text: '', opaque: REDACTED },
        { type: 'reasoning', text: 'b' },
      ],
    ],
    [
      {
        reasoning: 'a',
        reasoning_details: [{ type: 'reasoning.encrypted', data: 'r', format: 'anthropic-claude-v1' }],
      },
      [
        { type: 'reasoning', text: 'a' },
        { type: 'reasoning', text: '', opaque: REDACTED },
      ],
    ],
    [{ reasoning_details: [7, {}, null] }, []],
  ])('is read from %j', ([message, parts]) => expect(readReasoning(message).parts).toEqual(parts));

  it('keeps an entry of unknown form for who wrote it', () => {
    const entry = { type: 'reasoning.server_tool_call', tool_name: 'x', result: 'y' };
    const [part] = details(entry);
    expect(part && writeAssistant([part]).reasoning_details).toEqual([{ ...entry, index: 0 }]);
  });

  it.for(['sluice.', 'sluice.bm9uZQ', 'sluice.e30'])(
    'takes the broken token %s for a signature of its vendor',
    (data) => {
      expect(readReasoningDetail({ type: 'reasoning.encrypted', data })).toMatchObject({
        state: { kind: 'openai-chat' },
      });
    },
  );
});

describe('citations', () => {
  it.for<Citation>([
    { url: 'https://a', title: 't', citedText: 'c', range: [1, 2] },
    { url: 'https://a', range: [0, 9], opaque: SIGNED },
    { title: 't', citedText: 'c', range: [0, 9] },
  ])('%j come back', (citation) => {
    expect(writeAnnotations([citation], [0, 9]).map(readAnnotation)).toEqual([citation]);
  });

  it('stand where their text stands in the message', () => {
    const said: readonly AssistantPart[] = [
      { type: 'text', text: 'four' },
      { type: 'text', text: 'more', citations: [{ url: 'u' }, { url: 'v', range: [1, 2] }] },
    ];
    const ranges = (writeAssistant(said).annotations ?? []).map((entry) => readAnnotation(entry)?.range);
    expect(ranges).toEqual([
      [4, 8],
      [5, 6],
    ]);
  });

  it.for([7, null, 'x'])('are none in %j', (entry) => expect(readAnnotation(entry)).toBeUndefined());
});
