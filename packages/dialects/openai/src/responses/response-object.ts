import type { Finish, JsonObject, Usage, WriteContext } from '@sluice/contract';
import type { OutputItem } from './output-items.js';

/** How far an answer is. */
export interface ResponseState {
  readonly status: 'queued' | 'in_progress' | 'completed' | 'incomplete';
  readonly model: string;
  readonly output: readonly OutputItem[];
  readonly finish?: Finish | undefined;
  readonly usage?: Usage | undefined;
  readonly serviceTier?: string | undefined;
}

/** Settings that an answer repeats, with what holds where the caller said nothing. Source: npm openai 6.49.0. */
const DEFAULTS: JsonObject = {
  background: false,
  instructions: null,
  max_output_tokens: null,
  max_tool_calls: null,
  metadata: {},
  parallel_tool_calls: true,
  previous_response_id: null,
  prompt_cache_key: null,
  reasoning: { effort: null, summary: null },
  safety_identifier: null,
  store: true,
  temperature: 1,
  text: { format: { type: 'text' } },
  tool_choice: 'auto',
  tools: [],
  top_logprobs: 0,
  top_p: 1,
  truncation: 'disabled',
  user: null,
};

/** The `response` object of a plain answer and of a stream's first and last events. */
export function writeResponse(
  state: ResponseState,
  { answerId, createdSeconds, wire = {} }: Pick<WriteContext, 'answerId' | 'createdSeconds' | 'wire'>,
): JsonObject {
  const { status, model, output, finish, usage, serviceTier } = state;
  return {
    id: `resp_${answerId}`,
    object: 'response',
    created_at: createdSeconds,
    status,
    error: null,
    incomplete_details: status === 'incomplete' ? { reason: reasonOf(finish) } : null,
    model,
    output,
    ...echo(wire),
    service_tier: serviceTier ?? wire.service_tier ?? 'default',
    usage: usage ? writeResponsesUsage(usage) : null,
  };
}

/** The last state of an answer that ended so. */
export function statusOf({ unified }: Finish): 'completed' | 'incomplete' {
  return unified === 'length' || unified === 'content-filter' ? 'incomplete' : 'completed';
}

function reasonOf(finish: Finish | undefined): string {
  return finish?.unified === 'content-filter' ? 'content_filter' : 'max_output_tokens';
}

function echo(wire: JsonObject): JsonObject {
  return Object.fromEntries(Object.entries(DEFAULTS).map(([name, otherwise]) => [name, wire[name] ?? otherwise]));
}

function writeResponsesUsage(usage: Usage): JsonObject {
  const { inputTokens, outputTokens, cachedInputTokens, cacheWriteTokens, reasoningTokens } = usage;
  return {
    input_tokens: inputTokens,
    input_tokens_details: {
      cached_tokens: cachedInputTokens ?? 0,
      ...(cacheWriteTokens === undefined ? {} : { cache_write_tokens: cacheWriteTokens }),
    },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: reasoningTokens ?? 0 },
    total_tokens: inputTokens + outputTokens,
  };
}
