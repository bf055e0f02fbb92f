import { COMPATIBLE } from '@sluice/provider-openai-compatible/internal';
import type { DialectTweaks } from '@sluice/provider-openai-compatible/internal';

/**
 * Models that always reason and answer these parameters with an error. Later families take them at effort `none`, so
 * they are left to the vendor's judgement. https://developers.openai.com/api/docs/guides/reasoning
 */
const ALWAYS_REASONS = /^(?:o\d(?:-|$)|gpt-5(?:-mini|-nano|-pro)?(?:-\d{4}-\d{2}-\d{2})?$)/;
const SAMPLING: readonly string[] = [
  'temperature',
  'top_p',
  'presence_penalty',
  'frequency_penalty',
  'logprobs',
  'top_logprobs',
];
const NOTHING: readonly string[] = [];

/** What OpenAI itself does otherwise than the servers that copied its API. */
export const QUIRKS: DialectTweaks = {
  ...COMPATIBLE,
  maxTokensField: 'max_completion_tokens',
  sendsReasoning: false,
  servesResponses: true,
  refusedFields: (model) => (ALWAYS_REASONS.test(model) ? SAMPLING : NOTHING),
};
