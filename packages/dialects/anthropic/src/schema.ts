import { UNSAFE_URL, isSafeUrl } from '@sluice/toolkit';
import { z } from 'zod';
import { block, textBlock } from './block-schema.js';
import { cacheControl, customOr, record, textOr } from './schema-parts.js';

const fraction = z.number().min(0).max(1);

const message = z.object({ role: z.enum(['user', 'assistant', 'system']), content: textOr(z.array(block)) });

const customTool = z.object({
  name: z.string().min(1).max(128),
  description: z.string().optional(),
  input_schema: record,
  strict: z.boolean().optional(),
  input_examples: z.array(record).optional(),
  allowed_callers: z.array(z.string()).optional(),
  defer_loading: z.boolean().optional(),
  eager_input_streaming: z.boolean().nullish(),
  cache_control: cacheControl,
});
/** Tools that the vendor runs or knows are named by their type, and their settings are the vendor's to check. */
const vendorTool = z.object({ cache_control: cacheControl });
const tool = customOr({ own: customTool, other: vendorTool });

const oneAtATime = { disable_parallel_tool_use: z.boolean().optional() };
const toolChoice = z.discriminatedUnion('type', [
  z.object({ type: z.literal('auto'), ...oneAtATime }),
  z.object({ type: z.literal('any'), ...oneAtATime }),
  z.object({ type: z.literal('tool'), name: z.string().min(1), ...oneAtATime }),
  z.object({ type: z.literal('none') }),
]);

const display = z.string().nullish();
const thinking = z.discriminatedUnion('type', [
  z.object({ type: z.literal('enabled'), budget_tokens: z.int().min(1_024), display }),
  z.object({ type: z.literal('adaptive'), display }),
  z.object({ type: z.literal('between_tools') }),
  z.object({ type: z.literal('disabled') }),
]);

const outputConfig = z.object({
  effort: z.enum(['low', 'medium', 'high', 'xhigh', 'max']).nullish(),
  format: z.object({ type: z.literal('json_schema'), schema: record }).nullish(),
});

/** More than any model can answer with; a larger number is a mistake, and would upset what counts on it. */
const MAX_TOKENS_LIMIT = 16_777_216;

/** What a prompt is made of, whether it is answered or counted. */
const prompt = {
  model: z
    .string()
    .min(1)
    .max(256)
    .regex(/^[^\u0000-\u001f\u007f-\u009f]*$/, 'No control characters are allowed'),
  messages: z.array(message).min(1),
  system: textOr(z.array(textBlock)).optional(),
  tools: z.array(tool).optional(),
  tool_choice: toolChoice.optional(),
  thinking: thinking.optional(),
  output_config: outputConfig.optional(),
  cache_control: cacheControl,
  speed: z.enum(['standard', 'fast']).nullish(),
  mcp_servers: z.array(z.looseObject({ url: z.string().refine(isSafeUrl, UNSAFE_URL).optional() })).optional(),
  context_management: record.nullish(),
  user_profile_id: z.string().optional(),
  workspace_id: z.string().optional(),
};

/**
 * The known fields of `POST /v1/messages`. Fields that are not named here are not looked at.
 * npm @anthropic-ai/sdk 1.14.0, resources/messages/messages.d.ts and resources/beta/messages/messages.d.ts,
 * `MessageCreateParamsBase`; the sampling parameters are those of version 2023-06-01 of the API.
 */
export const messagesSchema = z.object({
  ...prompt,
  max_tokens: z.int().min(1).max(MAX_TOKENS_LIMIT),
  stream: z.boolean().optional(),
  stop_sequences: z.array(z.string()).optional(),
  temperature: fraction.optional(),
  top_p: fraction.optional(),
  top_k: z.int().min(0).optional(),
  metadata: z.object({ user_id: z.string().nullish() }).optional(),
  service_tier: z.enum(['auto', 'standard_only']).optional(),
  container: textOr(record.nullish()).optional(),
  diagnostics: z.object({ previous_message_id: z.string().nullish() }).nullish(),
  inference_geo: z.string().nullish(),
});

/** The known fields of `POST /v1/messages/count_tokens`: `MessageCountTokensParams` of the same files. */
export const countTokensSchema = z.object(prompt);
