import type { ChatRequest, JsonObject, ParsedCall } from '@sluice/contract';
import { findRefusedName, given, isJsonObject } from '@sluice/toolkit';
import { OPENAI_COMPLETIONS } from '@sluice/toolkit/openai-wire';
import { notAnObject } from '../chat-parse.js';
import { invalid, refusedName, toInvalid } from '../invalid.js';
import { untranslatable } from '../untranslatable.js';
import { completionsRequestSchema } from './schema.js';
import type { CompletionsWire } from './schema.js';

/** Fields with a place of their own in a {@link ChatRequest}, or in how its answer is written. */
const TRANSLATED: ReadonlySet<string> = new Set([
  'model',
  'prompt',
  'suffix',
  'echo',
  'n',
  'logprobs',
  'max_tokens',
  'temperature',
  'top_p',
  'stop',
  'seed',
  'frequency_penalty',
  'presence_penalty',
  'stream',
  'stream_options',
  'user',
]);

/** Checks a completion request. Throws the first problem found, with its `param`. */
export function parseCompletions(body: unknown): ParsedCall<ChatRequest> {
  if (!isJsonObject(body)) throw notAnObject();
  const refused = findRefusedName(body);
  if (refused) throw refusedName(refused);
  const checked = completionsRequestSchema.safeParse(body);
  if (!checked.success) throw toInvalid(checked.error, body);
  const wire = checked.data;
  checkBestOf(wire);
  const stream = wire.stream === true;
  return {
    model: wire.model,
    stream,
    wantsUsage: !stream || wire.stream_options?.include_usage === true,
    features: [],
    wire: body,
    toRequest: () => toRequest(wire),
    // A model that is asked in a chat answers the prompt, where one that completes goes on with it.
    adjustments: [
      { parameter: 'prompt', action: 'emulated' },
      ...(wire.echo ? [{ parameter: 'echo', action: 'emulated' } as const] : []),
    ],
  };
}

/** The text of the one prompt; nothing for tokens, or for more than one. */
export function promptText(prompt: unknown): string | undefined {
  const only: unknown = Array.isArray(prompt) && prompt.length === 1 ? prompt[0] : prompt;
  return typeof only === 'string' ? only : undefined;
}

/** The best of fewer than are asked for cannot be told, nor the best of many while they come. */
function checkBestOf({ best_of: best, n, stream }: CompletionsWire): void {
  if (typeof best !== 'number') return;
  if (best < (n ?? 1)) throw invalid('invalid_value', ['best_of'], 'it must be at least "n"');
  if (stream && best > 1) throw invalid('invalid_value', ['best_of'], 'it cannot be streamed');
}

/** The prompt as one message of a user's. Throws `invalid_value` for what a chat has no place for. */
function toRequest(wire: CompletionsWire): ChatRequest {
  const text = promptText(wire.prompt);
  if (text === undefined) throw untranslatable(['prompt'], 'a prompt of token ids, or more than one,');
  if (wire.suffix) throw untranslatable(['suffix'], 'a text to be filled in');
  if ((wire.n ?? 1) > 1) throw untranslatable(['n'], 'a request for more than one choice');
  if (wire.max_tokens === 0) throw untranslatable(['max_tokens'], 'a request for no tokens');
  const fields = readExtensions(wire);
  return {
    messages: [{ role: 'user', content: [{ type: 'text', text }] }],
    stream: wire.stream === true,
    ...given('maxOutputTokens', wire.max_tokens),
    ...given('temperature', wire.temperature),
    ...given('topP', wire.top_p),
    ...given('stop', typeof wire.stop === 'string' ? [wire.stop] : wire.stop),
    ...given('seed', wire.seed),
    ...given('frequencyPenalty', wire.frequency_penalty),
    ...given('presencePenalty', wire.presence_penalty),
    ...given('logprobs', typeof wire.logprobs === 'number' ? { top: wire.logprobs } : undefined),
    ...given('user', wire.user),
    ...given('extensions', fields && { dialect: OPENAI_COMPLETIONS, fields }),
  };
}

function readExtensions(wire: CompletionsWire): JsonObject | undefined {
  const fields = Object.entries(wire).filter(
    ([name, value]) =>
      !TRANSLATED.has(name) && value !== undefined && value !== null && !(name === 'best_of' && value === 1),
  );
  return fields.length === 0 ? undefined : Object.fromEntries(fields);
}
