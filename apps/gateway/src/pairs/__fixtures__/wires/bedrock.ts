import type { AssistantPart, ChatEvent, ChatResult, Finish, Usage, VendorState } from '@sluice/contract';
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { arbitraries } from '@sluice/testkit';
import fc from 'fast-check';
import { tryParseExact } from '@sluice/toolkit';
import type { Wire } from './wire.js';

/* npm @aws-sdk/client-bedrock-runtime 3.1164.0, dist-types/models: `ConverseResponse` and `ConverseStreamOutput`. */

const codec = new EventStreamCodec(
  (bytes) => Buffer.from(bytes as Uint8Array).toString(),
  (text) => Buffer.from(text),
);
const REASONS: Readonly<Record<Finish['unified'], string>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  'content-filter': 'content_filtered',
  other: 'unheard_of',
};
type Json = Readonly<Record<string, unknown>>;

const signed = fc.integer({ min: 0, max: 0xffffff }).map((value) => Buffer.from(`signed-${value}`).toString('base64'));

export const bedrockWire: Wire = {
  interleaves: false,
  shape: {
    repeats: true,
    arguments: arbitraries.toolObject,
    reasoning: signed.map((signature) => ({ kind: 'anthropic-messages', data: { signature } })),
    hidden: signed.map((redacted) => ({ kind: 'anthropic-messages', data: { redacted } })),
  },
  head: { status: 200, headers: { 'x-amzn-requestid': 'answer-1' } },
  counts: ({ reasoningTokens: _, ...counted }) => counted,
  plain: ({ content, finish, usage }: ChatResult) =>
    Buffer.from(
      JSON.stringify({
        output: { message: { role: 'assistant', content: content.flatMap(toBlock) } },
        stopReason: REASONS[finish.unified],
        usage: usage && toUsage(usage),
        metrics: { latencyMs: 1 },
      }),
    ),
  stream: (events) => {
    const last = events.findLast(({ type }) => type === 'usage') as { readonly usage: Usage } | undefined;
    return Buffer.concat(events.flatMap((event) => toMessages(event, last?.usage)).map(encode));
  },
};

function toBlock(part: AssistantPart): readonly Json[] {
  switch (part.type) {
    case 'text':
      return [{ text: part.text }];
    case 'reasoning':
      return [{ reasoningContent: toReasoning(part.text, part.opaque) }];
    case 'tool-call':
      return [{ toolUse: { toolUseId: part.id, name: part.name, input: tryParseExact(part.json) } }];
    case 'refusal':
    case 'image':
    case 'audio':
    case 'vendor':
      throw new Error(`The vendor says nothing of the kind ${part.type}.`);
  }
}

function toReasoning(text: string, opaque: VendorState | undefined): Json {
  const { signature, redacted } = (opaque?.data ?? {}) as Readonly<Record<string, string | undefined>>;
  if (redacted !== undefined) return { redactedContent: Buffer.from(redacted).toString('base64') };
  return { reasoningText: { text, signature } };
}

function toUsage({ inputTokens, outputTokens, cachedInputTokens: cached = 0 }: Usage): Json {
  return {
    inputTokens: inputTokens - cached,
    outputTokens,
    totalTokens: inputTokens + outputTokens,
    cacheReadInputTokens: cached,
  };
}

type Message = readonly [type: string, payload: Json];

function toMessages(event: ChatEvent, used: Usage | undefined): readonly Message[] {
  switch (event.type) {
    case 'start':
      return [['messageStart', { role: 'assistant' }]];
    case 'text-delta':
      return [delta(event.index, { text: event.text })];
    case 'reasoning-delta':
      return event.text === '' ? [] : [delta(event.index, { reasoningContent: { text: event.text } })];
    case 'tool-start': {
      const start = { toolUse: { toolUseId: event.id, name: event.name } };
      return [['contentBlockStart', { contentBlockIndex: event.index, start }]];
    }
    case 'tool-delta':
      return [delta(event.index, { toolUse: { input: event.json } })];
    case 'part-end':
      return [...toState(event), ['contentBlockStop', { contentBlockIndex: event.index }]];
    case 'usage':
      return [];
    case 'finish':
      return [
        ['messageStop', { stopReason: REASONS[event.finish.unified] }],
        ['metadata', { usage: used && toUsage(used), metrics: { latencyMs: 1 } }],
      ];
    case 'refusal-delta':
    case 'citation':
    case 'part':
      throw new Error(`The vendor says nothing of the kind ${event.type}.`);
  }
}

function toState({ index, opaque }: Extract<ChatEvent, { type: 'part-end' }>): readonly Message[] {
  if (!opaque) return [];
  const { signature, redacted } = opaque.data as Readonly<Record<string, string | undefined>>;
  if (redacted === undefined) return [delta(index, { reasoningContent: { signature } })];
  return [delta(index, { reasoningContent: { redactedContent: Buffer.from(redacted).toString('base64') } })];
}

function delta(contentBlockIndex: number, delta: Json): Message {
  return ['contentBlockDelta', { contentBlockIndex, delta }];
}

function encode([type, payload]: Message): Uint8Array {
  const headers = { ':event-type': type, ':message-type': 'event', ':content-type': 'application/json' };
  const typed = Object.entries(headers).map(([name, value]) => [name, { type: 'string', value }] as const);
  return codec.encode({ headers: Object.fromEntries(typed), body: Buffer.from(JSON.stringify(payload)) });
}
