import type { AssistantPart, ChatEvent, ChatResult, Finish, Usage } from '@sluice/contract';
import { arbitraries, foldEvents } from '@sluice/testkit';
import { tryParseExact } from '@sluice/toolkit';
import fc from 'fast-check';
import { HEAD } from './wire.js';
import type { Wire } from './wire.js';

/* https://docs.ollama.com/api/chat and npm ollama 0.6.4, `ChatResponse`. */

type Json = Readonly<Record<string, unknown>>;
const ENVELOPE = { model: 'model-1', created_at: '2026-01-01T00:00:00.000000001Z' };
const REASONS: Readonly<Record<Finish['unified'], string>> = {
  stop: 'stop',
  length: 'length',
  'tool-calls': 'stop',
  'content-filter': 'stop',
  other: 'stop',
};

export const ollamaWire: Wire = {
  interleaves: false,
  shape: { arguments: arbitraries.toolObject, reasoning: fc.constant(undefined), logprobs: true },
  head: HEAD,
  counts: ({ inputTokens, outputTokens }) => ({ inputTokens, outputTokens }),
  plain: (result) => Buffer.from(JSON.stringify({ ...ENVELOPE, ...toMessage(result.content), ...toEnd(result) })),
  stream: (events) =>
    Buffer.from(
      toLines(events)
        .map((line) => `${JSON.stringify({ ...ENVELOPE, ...line })}\n`)
        .join(''),
    ),
};

function toEnd({ finish, usage, logprobs }: ChatResult): Json {
  return { logprobs, done: true, done_reason: REASONS[finish.unified], ...toCounts(usage) };
}

function toCounts(usage: Usage | undefined): Json {
  return usage ? { prompt_eval_count: usage.inputTokens, eval_count: usage.outputTokens } : {};
}

function toMessage(content: readonly AssistantPart[]): Json {
  const join = (type: 'text' | 'reasoning'): string =>
    content.flatMap((part) => (part.type === type ? [part.text] : [])).join('');
  const calls = content.flatMap((part) => (part.type === 'tool-call' ? [part] : []));
  return {
    message: {
      role: 'assistant',
      content: join('text'),
      ...(join('reasoning') === '' ? {} : { thinking: join('reasoning') }),
      ...(calls.length === 0
        ? {}
        : { tool_calls: calls.map(({ id, name, json }) => ({ id, function: { name, arguments: tryParseExact(json) } })) }),
    },
  };
}

/** Tool calls come whole, each in a line of its own. */
function toLines(events: readonly ChatEvent[]): readonly Json[] {
  const { content, ...whole } = foldEvents(events);
  const lines = events.flatMap((event): readonly Json[] => {
    if (event.type === 'text-delta')
      return [{ message: { role: 'assistant', content: event.text }, done: false, logprobs: event.logprobs }];
    if (event.type !== 'reasoning-delta') return [];
    return [{ message: { role: 'assistant', content: '', thinking: event.text }, done: false }];
  });
  const calls = content.filter(({ type }) => type === 'tool-call').map((call) => ({ ...toMessage([call]), done: false }));
  const end = { message: { role: 'assistant', content: '' }, ...toEnd({ ...whole, content: [] }), logprobs: undefined };
  return [...lines, ...calls, end];
}
