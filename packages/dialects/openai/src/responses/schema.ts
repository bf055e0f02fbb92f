import { z } from 'zod';
import { modelName } from '../model-name.js';
import { item } from './items-schema.js';
import { refuseUnsafeUrls } from './unsafe-urls.js';

const schema = z.record(z.string(), z.unknown());
const flag = z.boolean().nullish();
const label = z.string().nullish();
const options = schema.nullish();

const functionTool = z.looseObject({
  type: z.literal('function'),
  name: z.string().min(1),
  description: label,
  parameters: schema.nullish(),
  strict: flag,
});
const customTool = z.looseObject({ type: z.literal('custom'), name: z.string().min(1), description: label });
/** Tools that OpenAI runs itself, and kinds to come. */
const hostedTool = z
  .looseObject({ type: z.string().min(1), server_url: z.string().nullish() })
  .superRefine(refuseUnsafeUrls);
const tool = z.union([functionTool, customTool, hostedTool]);
export type WireTool = z.infer<typeof tool>;

const toolChoice = z.union([
  z.enum(['none', 'auto', 'required']),
  z.looseObject({ type: z.string().min(1), name: z.string().optional() }),
]);

const format = z.discriminatedUnion('type', [
  z.looseObject({ type: z.literal('text') }),
  z.looseObject({ type: z.literal('json_object') }),
  z.looseObject({
    type: z.literal('json_schema'),
    name: z.string().min(1),
    schema,
    description: label,
    strict: flag,
  }),
]);

/** What stands for a variable may be a picture or a file. */
const prompt = z.looseObject({ variables: z.record(z.string(), z.unknown().superRefine(refuseUnsafeUrls)).nullish() });

const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((fields) => Object.keys(fields).length <= 16, 'expected at most 16 keys');

/** The body of `POST /v1/responses`. Fields that it does not name are carried as they are. Source: npm openai 6.49.0. */
export const responsesRequestSchema = z.looseObject({
  model: modelName,
  input: z.union([z.string(), z.array(item)]).nullish(),
  instructions: label,
  previous_response_id: label,
  stream: flag,
  stream_options: options,
  store: flag,
  background: flag,
  include: z.array(z.string()).nullish(),
  max_output_tokens: z.int().min(1).max(16_777_216).nullish(),
  max_tool_calls: z.int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().min(0).max(1).nullish(),
  top_logprobs: z.int().min(0).max(20).nullish(),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: flag,
  reasoning: z
    .looseObject({
      effort: z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']).nullish(),
      summary: z.enum(['auto', 'concise', 'detailed']).nullish(),
    })
    .nullish(),
  text: z.looseObject({ format: format.nullish(), verbosity: z.enum(['low', 'medium', 'high']).nullish() }).nullish(),
  truncation: z.enum(['auto', 'disabled']).nullish(),
  metadata: metadata.nullish(),
  service_tier: label,
  user: label,
  safety_identifier: label,
  prompt_cache_key: label,
  conversation: z.union([z.string(), schema]).nullish(),
  prompt: prompt.nullish(),
});
export type ResponsesWire = z.infer<typeof responsesRequestSchema>;
