import { z } from 'zod';
import { message } from './message-schema.js';
import { modelName } from './model-name.js';

/** No model writes this much; a larger number is a slip that would make every reservation meaningless. */
const MAX_OUTPUT_TOKENS = 16_777_216;

const schema = z.record(z.string(), z.unknown());
const named = z.looseObject({ name: z.string().min(1) });
const effort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish();
const outputTokens = z.int().min(1).max(MAX_OUTPUT_TOKENS).nullish();
const penalty = z.number().min(-2).max(2).nullish();
const flag = z.boolean().nullish();
const label = z.string().nullish();
const options = schema.nullish();

const functionDefinition = z.looseObject({
  name: z.string().min(1),
  description: z.string().nullish(),
  parameters: schema.nullish(),
  strict: flag,
});
/** Types that are not named here are of tools that a vendor runs itself; more of them come every month. */
const tool = z.union([
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), function: functionDefinition }),
    z.looseObject({ type: z.literal('custom'), custom: named }),
  ]),
  z.looseObject({
    type: z
      .string()
      .refine((type) => type !== 'function' && type !== 'custom', { error: 'expected a tool', abort: true }),
  }),
]);
const toolChoice = z.union([
  // `any` is what Mistral calls `required`.
  z.enum(['none', 'auto', 'required', 'any']),
  z.discriminatedUnion('type', [
    z.looseObject({ type: z.literal('function'), function: named }),
    z.looseObject({ type: z.literal('custom'), custom: named }),
    z.looseObject({
      type: z.literal('allowed_tools'),
      allowed_tools: z.looseObject({ mode: z.enum(['auto', 'required']), tools: z.array(schema) }),
    }),
  ]),
]);
const responseFormat = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({
      name: z.string().min(1),
      description: z.string().nullish(),
      schema: schema.nullish(),
      strict: flag,
    }),
  }),
]);

/** LiteLLM's clients tag their requests with a list; every other value is a short text. */
const metadata = z
  .record(z.string().max(64), z.union([z.string().max(512), z.array(z.string().max(512)).max(64)]))
  .refine((fields) => Object.keys(fields).length <= 16, 'expected at most 16 keys')
  .refine((fields) => Object.keys(fields).every((key) => key === 'tags' || typeof fields[key] === 'string'), {
    error: 'expected texts; only "tags" may be a list',
  });

/** The body of `POST /v1/chat/completions`. Fields that it does not name are carried as they are. */
export const chatRequestSchema = z.looseObject({
  model: modelName,
  messages: z.array(message).min(1),
  stream: flag,
  stream_options: z.looseObject({ include_usage: flag, include_obfuscation: flag }).nullish(),
  max_tokens: outputTokens,
  max_completion_tokens: outputTokens,
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  /** Beyond OpenAI's own: many servers of the dialect take it. */
  top_k: z.int().nullish(),
  n: z.int().min(1).max(128).nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).min(1).max(4)]).nullish(),
  seed: z.int().nullish(),
  frequency_penalty: penalty,
  presence_penalty: penalty,
  logit_bias: z.record(z.string(), z.number().min(-100).max(100)).nullish(),
  logprobs: flag,
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: flag,
  functions: z.array(functionDefinition).nullish(),
  function_call: z.union([z.enum(['none', 'auto']), named]).nullish(),
  response_format: responseFormat.nullish(),
  reasoning_effort: effort,
  /** OpenRouter's form of it; the three below are those of vendors with open models. */
  reasoning: z
    .looseObject({
      effort,
      max_tokens: z.int().min(0).nullish(),
      exclude: flag,
      enabled: flag,
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
    })
    .nullish(),
  thinking: z.looseObject({ type: z.string().nullish(), budget_tokens: z.int().min(0).nullish() }).nullish(),
  enable_thinking: flag,
  thinking_budget: z.int().min(0).nullish(),
  verbosity: z.enum(['low', 'medium', 'high']).nullish(),
  modalities: z.array(z.enum(['text', 'audio', 'image'])).nullish(),
  audio: z.looseObject({ format: z.string(), voice: z.union([z.string(), schema]) }).nullish(),
  prediction: options,
  moderation: options,
  web_search_options: options,
  metadata: metadata.nullish(),
  store: flag,
  service_tier: label,
  user: label,
  safety_identifier: label,
  prompt_cache_key: label,
  prompt_cache_retention: label,
  prompt_cache_options: options,
});
export type ChatWire = z.infer<typeof chatRequestSchema>;
