import type { AssistantPart, ChatEvent, ChatResult, Finish, Usage } from '@sluice/contract';
import fc from 'fast-check';
import { HEAD } from './wire.js';
import type { Wire } from './wire.js';

/* npm cohere-ai 8.1.0, `V2ChatResponse` and `V2ChatStreamResponse`; https://docs.cohere.com/v2/docs/streaming */

type Json = Readonly<Record<string, unknown>>;
const REASONS: Readonly<Record<Finish['unified'], string>> = {
  stop: 'COMPLETE',
  length: 'MAX_TOKENS',
  'tool-calls': 'TOOL_CALL',
  'content-filter': 'COMPLETE',
  other: 'COMPLETE',
};

export const cohereWire: Wire = {
  interleaves: false,
  shape: {
    reasoning: fc.constantFrom('thinking', 'tool_plan').map((field) => ({ kind: 'cohere-chat', data: { field } })),
  },
  head: HEAD,
  counts: ({ inputTokens, outputTokens, cachedInputTokens = 0 }) => ({ inputTokens, outputTokens, cachedInputTokens }),
  plain: ({ content, finish, usage }: ChatResult) =>
    Buffer.from(
      JSON.stringify({
        id: 'answer-1',
        finish_reason: REASONS[finish.unified],
        message: toMessage(content),
        usage: toUsage(usage),
      }),
    ),
  stream: (events) => Buffer.from(createWriter()(events)),
};

function toUsage(usage: Usage | undefined): Json | undefined {
  if (!usage) return undefined;
  const { inputTokens: input_tokens, outputTokens: output_tokens, cachedInputTokens: cached_tokens } = usage;
  return { billed_units: { input_tokens, output_tokens }, tokens: { input_tokens, output_tokens }, cached_tokens };
}

function isPlan(part: AssistantPart): boolean {
  return part.type === 'reasoning' && (part.opaque?.data as Json | undefined)?.['field'] === 'tool_plan';
}

function toMessage(content: readonly AssistantPart[]): Json {
  const plan = content.find(isPlan);
  const blocks = content.flatMap((part): readonly Json[] => {
    if (part.type === 'text') return [{ type: 'text', text: part.text }];
    return part.type === 'reasoning' && !isPlan(part) ? [{ type: 'thinking', thinking: part.text }] : [];
  });
  const calls = content.flatMap((part) =>
    part.type === 'tool-call'
      ? [{ id: part.id, type: 'function', function: { name: part.name, arguments: part.json } }]
      : [],
  );
  return {
    role: 'assistant',
    ...(plan ? { tool_plan: (plan as { readonly text: string }).text } : {}),
    ...(blocks.length > 0 ? { content: blocks } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

/** Whether reasoning is a plan is known at its end only, so the events are read twice. */
function createWriter(): (events: readonly ChatEvent[]) => string {
  return (events) => {
    const plans = new Set(
      events.flatMap((event) =>
        event.type === 'part-end' && (event.opaque?.data as Json | undefined)?.['field'] === 'tool_plan'
          ? [event.index]
          : [],
      ),
    );
    const opened = new Set<number>();
    const last = events.findLast(({ type }) => type === 'usage') as { readonly usage: Usage } | undefined;
    return events.map((event) => toEvents(event, { plans, opened, usage: last?.usage })).join('');
  };
}

interface Told {
  readonly plans: ReadonlySet<number>;
  readonly opened: Set<number>;
  readonly usage: Usage | undefined;
}

function toEvents(event: ChatEvent, told: Told): string {
  switch (event.type) {
    case 'start':
      return frame('message-start', { id: event.id, delta: { message: { role: 'assistant', content: [] } } });
    case 'text-delta':
      return content(event.index, { type: 'text', text: event.text }, told);
    case 'reasoning-delta':
      if (told.plans.has(event.index))
        return frame('tool-plan-delta', { delta: { message: { tool_plan: event.text } } });
      return content(event.index, { type: 'thinking', thinking: event.text }, told);
    case 'tool-start': {
      const call = { id: event.id, type: 'function', function: { name: event.name, arguments: '' } };
      return frame('tool-call-start', { index: event.index, delta: { message: { tool_calls: call } } });
    }
    case 'tool-delta': {
      const call = { function: { arguments: event.json } };
      return frame('tool-call-delta', { index: event.index, delta: { message: { tool_calls: call } } });
    }
    case 'part-end':
      if (told.plans.has(event.index)) return '';
      return frame(told.opened.has(event.index) ? 'content-end' : 'tool-call-end', { index: event.index });
    case 'finish': {
      const delta = { finish_reason: REASONS[event.finish.unified], usage: toUsage(told.usage) };
      return frame('message-end', { id: 'answer-1', delta });
    }
    case 'usage':
      return '';
    case 'refusal-delta':
    case 'citation':
    case 'part':
      throw new Error(`The vendor says nothing of the kind ${event.type}.`);
  }
}

/** A block opens empty, and its pieces lack the type. */
function content(index: number, { type, ...piece }: Json, { opened }: Told): string {
  const empty = Object.fromEntries(Object.keys(piece).map((key) => [key, '']));
  const start = opened.has(index)
    ? ''
    : frame('content-start', { index, delta: { message: { content: { type, ...empty } } } });
  opened.add(index);
  return start + frame('content-delta', { index, delta: { message: { content: piece } } });
}

function frame(type: string, fields: Json): string {
  return `event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`;
}
