import { ALL_MEDIA, COMPATIBLE } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

/**
 * Models that always reason and answer these parameters with an error. Later families take them at effort `none`, so
 * they are left to the vendor's judgement. https://developers.openai.com/api/docs/guides/reasoning
 */
const ALWAYS_REASONS = {
  models: /^(?:o\d(?:-|$)|gpt-5(?:-mini|-nano|-pro)?(?:-\d{4}-\d{2}-\d{2})?$)/,
  refused: ['temperature', 'top_p', 'presence_penalty', 'frequency_penalty', 'logprobs', 'top_logprobs'],
};

/** https://developers.openai.com/api/docs/guides/prompt-caching: GPT-5.6 and later; older ones answer a mark with an error. */
const MARKED = /^gpt-(?:5\.(?:[6-9]|\d\d)|[6-9]|\d\d)/;

const { reasoningHistory: _, ...SHARED } = COMPATIBLE;

/**
 * What OpenAI itself does otherwise than the servers that copied its API: npm openai 7.57.0,
 * resources/chat/completions/completions.d.ts. It takes no reasoning in earlier turns and knows none of the names that
 * other servers have for the wish to reason.
 */
export const QUIRKS: ServerRules = {
  ...SHARED,
  maxTokensField: 'max_completion_tokens',
  servesResponses: true,
  completions: /^(?:gpt-3\.5-turbo-instruct|davinci-002|babbage-002)/,
  media: ALL_MEDIA,
  cacheMarks: { form: 'prompt_cache_breakpoint', models: MARKED },
  files: ['base64', 'stored'],
  refusedByModel: [ALWAYS_REASONS],
  foreign: ['reasoning', 'thinking', 'enable_thinking', 'thinking_budget'],
};
