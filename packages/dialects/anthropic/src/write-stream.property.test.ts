import type { AssistantPart, ChatEvent, ChatResult, Citation, Finish, VendorState } from '@sluice/contract';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createFrameReader } from '@sluice/toolkit';
import { unfoldResult } from '@sluice/testkit';
import { writeResult } from './write-result.js';
import { createStreamWriter } from './write-stream.js';

type Json = Record<string, unknown>;

const words = fc.string({ minLength: 1, unit: 'binary' });
const own = (data: unknown): VendorState => ({ kind: 'anthropic-messages', data });
const citation: fc.Arbitrary<Citation> = fc.oneof(
  fc.record({ url: fc.webUrl(), title: words }),
  fc.record({ cited_text: words, start_page_number: fc.nat() }).map((wire) => ({
    citedText: wire.cited_text,
    opaque: own({ type: 'page_location', ...wire }),
  })),
);
const textPart: fc.Arbitrary<AssistantPart> = fc.oneof(
  fc.record({ type: fc.constantFrom('text' as const, 'refusal' as const), text: words }),
  fc.record({ type: fc.constant('text' as const), text: words, citations: fc.array(citation, { minLength: 1 }) }),
);
const reasoningPart = fc.oneof(
  fc.record({ type: fc.constant('reasoning' as const), text: words }),
  fc.tuple(fc.string(), fc.base64String({ minLength: 4 })).map(([text, signature]) => ({
    type: 'reasoning' as const,
    text,
    opaque: own({ signature }),
  })),
  fc.base64String({ minLength: 4 }).map((redacted) => ({
    type: 'reasoning' as const,
    text: '',
    opaque: own({ redacted }),
  })),
);
const input = fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer()));
const wholePart: fc.Arbitrary<AssistantPart> = fc
  .oneof(
    input.map((asked) => ({ type: 'server_tool_use', id: 's', name: 'web_search', input: asked })),
    words.map((text) => ({ type: 'web_search_tool_result', tool_use_id: 's', content: [{ text }] })),
  )
  .map((block) => ({ type: 'vendor' as const, state: own(block) }));
const imagePart = fc.base64String().map((base64): AssistantPart => {
  return { type: 'image', source: { kind: 'base64', mediaType: 'image/png', base64 } };
});
const toolPart = fc.record(
  {
    type: fc.constant('tool-call' as const),
    id: fc.stringMatching(/^[a-z0-9_]{1,8}$/),
    name: fc.stringMatching(/^[a-z]{1,8}$/),
    json: input.map((asked) => JSON.stringify(asked)),
    opaque: fc.constant(own({ fields: { caller: { type: 'code_execution_20260120', tool_id: 's' } } })),
  },
  { requiredKeys: ['type', 'id', 'name', 'json'] },
);
const finish: fc.Arbitrary<Finish> = fc.record(
  {
    unified: fc.constantFrom('stop', 'length', 'tool-calls', 'content-filter', 'other'),
    opaque: fc
      .record({ stop_sequence: words, container: fc.record({ id: words }), context_management: fc.constant({}) })
      .map(own),
  },
  { requiredKeys: ['unified'] },
);
const result: fc.Arbitrary<ChatResult> = fc.record(
  {
    id: fc.constant('msg_1'),
    model: fc.constant('m'),
    content: fc
      .tuple(
        fc.array(fc.oneof(textPart, reasoningPart, wholePart, imagePart), { maxLength: 4 }),
        fc.array(toolPart, { maxLength: 4 }),
      )
      .map(([told, tools]): readonly AssistantPart[] => [...told, ...tools]),
    finish,
    usage: fc.record({ inputTokens: fc.nat(), outputTokens: fc.nat() }),
    serviceTier: fc.constantFrom('default', 'priority', 'flex'),
  },
  { requiredKeys: ['id', 'model', 'content', 'finish', 'usage'] },
);

/** The events of a result; `shuffle` says which of the open tool calls speaks next. */
function toEvents(result: ChatResult, shuffle: () => number): readonly ChatEvent[] {
  const events = unfoldResult(result);
  const ofTool = (event: ChatEvent): number | undefined =>
    'index' in event && result.content[event.index]?.type === 'tool-call' ? event.index : undefined;
  const groups = Map.groupBy(events, ofTool);
  const told = groups.get(undefined) ?? [];
  const ending = told.findIndex(({ type }) => type === 'usage' || type === 'finish');
  const tools = [...groups].flatMap(([index, group]) => (index === undefined ? [] : [group.flatMap(inHalves)]));
  return [...told.slice(0, ending), ...interleave(tools, shuffle), ...told.slice(ending)];
}

function inHalves(event: ChatEvent): readonly ChatEvent[] {
  if (event.type !== 'tool-delta') return [event];
  const half = Math.floor(event.json.length / 2);
  return [
    { ...event, json: event.json.slice(0, half) },
    { ...event, json: event.json.slice(half) },
  ];
}

/** All starts first, and then whatever comes. */
function interleave(tools: readonly (readonly ChatEvent[])[], shuffle: () => number): readonly ChatEvent[] {
  const interleaved = tools.flatMap((events) => events.slice(0, 1));
  const rests = tools.map((events) => events.slice(1)).filter((events) => events.length > 0);
  while (rests.length > 0) {
    const chosen = shuffle() % rests.length;
    const next = rests[chosen]?.shift();
    if (next) interleaved.push(next);
    if (rests[chosen]?.length === 0) rests.splice(chosen, 1);
  }
  return interleaved;
}

/** Puts a stream together as the vendor's SDK does, and refuses blocks that overlap or leave a gap. */
function assemble(text: string): Json {
  const blocks: Json[] = [];
  let message: Json = {};
  let open: OpenBlock | undefined;
  for (const { event, data } of createFrameReader().push(Buffer.from(text))) {
    const payload = JSON.parse(data) as Payload;
    expect(payload.type).toBe(event);
    if (event === 'message_start') message = payload.message;
    if (event === 'message_delta') message = end(message, payload);
    if (!event?.startsWith('content_block')) continue;
    expect({ index: payload.index, opens: event === 'content_block_start' }).toEqual({
      index: blocks.length,
      opens: open === undefined,
    });
    if (event === 'content_block_start') open = { json: '', block: payload.content_block };
    if (open && event === 'content_block_delta') extend(open, payload.delta);
    if (open && event === 'content_block_stop') blocks.push(close(open));
    if (event === 'content_block_stop') open = undefined;
  }
  return { ...message, content: blocks };
}

interface Payload extends Json {
  readonly message: Json;
  readonly content_block: Json;
  readonly delta: Readonly<Record<string, string>> & { readonly citation?: Json };
}
interface OpenBlock {
  json: string;
  readonly block: Json;
}

function end(message: Json, { type: _, delta, ...rest }: Payload): Json {
  return { ...message, ...delta, ...rest };
}

function extend(open: OpenBlock, delta: Payload['delta']): void {
  open.json += delta.partial_json ?? '';
  if (delta.citation) open.block.citations = [...((open.block.citations as Json[] | null) ?? []), delta.citation];
  for (const key of ['text', 'thinking', 'signature']) {
    if (delta[key] !== undefined) open.block[key] = (open.block[key] as string) + delta[key];
  }
}

function close({ json, block }: OpenBlock): Json {
  return json === '' ? block : { ...block, input: JSON.parse(json) as unknown };
}

it('streams what the plain answer says, however tool calls interleave', () => {
  fc.assert(
    fc.property(result, fc.infiniteStream(fc.nat(7)), (answer, choices) => {
      const writer = createStreamWriter();
      const events = toEvents(answer, () => choices.next().value as number);
      const text = events.map((event) => writer.write(event)).join('');
      expect(assemble(text)).toEqual(JSON.parse(writeResult(answer)));
    }),
    { numRuns: 300 },
  );
});

it('closes what was left open when a part starts that may not interleave', () => {
  const writer = createStreamWriter();
  const events: ChatEvent[] = [
    { type: 'start', id: 'msg_1', model: 'm' },
    { type: 'text-delta', index: 0, text: 'a' },
    { type: 'tool-start', index: 1, id: 't1', name: 'look' },
    { type: 'tool-start', index: 2, id: 't2', name: 'look' },
    { type: 'text-delta', index: 3, text: 'b' },
    { type: 'finish', finish: { unified: 'stop' } },
  ];
  const text = events.map((event) => writer.write(event)).join('');
  expect(assemble(text)).toMatchObject({
    content: [{ text: 'a' }, { id: 't1' }, { id: 't2' }, { text: 'b' }],
    stop_reason: 'end_turn',
  });
});
