import type { JsonObject } from '@sluice/contract';
import { messagesSchema } from '@sluice/dialect-anthropic';
import { generateContentSchema } from '@sluice/dialect-gemini';
import { chatRequestSchema, responsesRequestSchema } from '@sluice/dialect-openai';
import { CLIENTS } from './clients.js';
import type { Client } from './clients/client.js';

/** One field of a dialect that asks for something, and what else it takes for that to be asked. */
export interface Field {
  readonly value: unknown;
  readonly beside?: JsonObject;
  /** Told of by this name where all of it is left out. */
  readonly of?: string;
}

/** The fields of one dialect, each with a value that no vendor assumes by itself. */
export interface Asking {
  readonly client: Client;
  /** What the dialect's own schema names, so that a new field is not forgotten here. */
  readonly names: readonly string[];
  readonly fields: Readonly<Record<string, Field>>;
  /** Fields that concern the gateway, or that only make up the question. */
  readonly quiet: readonly string[];
}

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'] };
const called = { type: 'function', function: { name: 'look', description: 'Looks.', parameters: SCHEMA } };
const flat = { type: 'function', name: 'look', description: 'Looks.', parameters: SCHEMA };
const claude = { name: 'look', description: 'Looks.', input_schema: SCHEMA };
const declared = { functionDeclarations: [{ name: 'look', description: 'Looks.', parameters: SCHEMA }] };

const chat: Record<string, Field> = {
  max_tokens: { value: 77 },
  max_completion_tokens: { value: 77 },
  temperature: { value: 0.7 },
  top_p: { value: 0.9 },
  top_k: { value: 5 },
  n: { value: 2 },
  stop: { value: ['x'] },
  seed: { value: 7 },
  frequency_penalty: { value: 0.5 },
  presence_penalty: { value: 0.5 },
  logit_bias: { value: { 50: 1 } },
  logprobs: { value: true },
  top_logprobs: { value: 3, beside: { logprobs: true }, of: 'logprobs' },
  tools: { value: [called] },
  tool_choice: { value: 'required', beside: { tools: [called] } },
  parallel_tool_calls: { value: false, beside: { tools: [called] } },
  functions: { value: [called.function] },
  function_call: { value: { name: 'look' }, beside: { functions: [called.function] } },
  response_format: { value: { type: 'json_schema', json_schema: { name: 'a', schema: SCHEMA } } },
  reasoning_effort: { value: 'high' },
  reasoning: { value: { max_tokens: 2_000 } },
  thinking: { value: { type: 'enabled', budget_tokens: 2_000 } },
  enable_thinking: { value: true },
  thinking_budget: { value: 2_000, beside: { enable_thinking: true }, of: 'reasoning_effort' },
  verbosity: { value: 'low' },
  modalities: { value: ['text', 'audio'] },
  audio: { value: { format: 'wav', voice: 'ash' } },
  prediction: { value: { type: 'content', content: 'x' } },
  moderation: { value: { model: 'm' } },
  web_search_options: { value: { search_context_size: 'low' } },
  metadata: { value: { a: 'b' } },
  store: { value: true },
  service_tier: { value: 'flex' },
  user: { value: 'u' },
  safety_identifier: { value: 's' },
  prompt_cache_key: { value: 'k' },
  prompt_cache_retention: { value: '24h' },
  prompt_cache_options: { value: { mode: 'explicit' } },
};
const responses: Record<string, Field> = {
  instructions: { value: 'Be brief.' },
  max_output_tokens: { value: 77 },
  max_tool_calls: { value: 2 },
  temperature: { value: 0.7 },
  top_p: { value: 0.9 },
  top_logprobs: { value: 3 },
  tools: { value: [flat] },
  tool_choice: { value: 'required', beside: { tools: [flat] } },
  parallel_tool_calls: { value: false, beside: { tools: [flat] } },
  reasoning: { value: { effort: 'high' } },
  text: { value: { format: { type: 'json_schema', name: 'a', schema: SCHEMA } } },
  truncation: { value: 'auto' },
  service_tier: { value: 'flex' },
  user: { value: 'u' },
  safety_identifier: { value: 's' },
  prompt_cache_key: { value: 'k' },
  conversation: { value: 'c' },
  prompt: { value: { id: 'p' } },
};
const messages: Record<string, Field> = {
  system: { value: 'Be brief.' },
  tools: { value: [claude] },
  tool_choice: { value: { type: 'any' }, beside: { tools: [claude] } },
  thinking: { value: { type: 'enabled', budget_tokens: 1_024 }, beside: { max_tokens: 4_000 } },
  output_config: { value: { format: { type: 'json_schema', schema: SCHEMA } } },
  cache_control: { value: { type: 'ephemeral' } },
  speed: { value: 'fast' },
  mcp_servers: { value: [{ type: 'url', url: 'https://a.example', name: 'a' }] },
  context_management: { value: { edits: [] } },
  user_profile_id: { value: 'p' },
  workspace_id: { value: 'w' },
  max_tokens: { value: 77 },
  stop_sequences: { value: ['x'] },
  temperature: { value: 0.7 },
  top_p: { value: 0.9 },
  top_k: { value: 5 },
  metadata: { value: { user_id: 'u' } },
  service_tier: { value: 'standard_only' },
  container: { value: 'c' },
  diagnostics: { value: { previous_message_id: 'm' } },
  inference_geo: { value: 'eu' },
};
const generate: Record<string, Field> = {
  systemInstruction: { value: { parts: [{ text: 'Be brief.' }] } },
  tools: { value: [declared] },
  toolConfig: { value: { functionCallingConfig: { mode: 'ANY' } }, beside: { tools: [declared] } },
  generationConfig: { value: { temperature: 0.7 } },
  safetySettings: { value: [{ category: 'HARM_CATEGORY_HARASSMENT', threshold: 'BLOCK_NONE' }] },
  cachedContent: { value: 'cachedContents/a' },
};
/** Under `generationConfig`. */
const configured: Record<string, Field> = {
  maxOutputTokens: { value: 77 },
  temperature: { value: 0.7 },
  topP: { value: 0.9 },
  topK: { value: 5 },
  candidateCount: { value: 2 },
  stopSequences: { value: ['x'] },
  seed: { value: 7 },
  presencePenalty: { value: 0.5 },
  frequencyPenalty: { value: 0.5 },
  responseMimeType: { value: 'application/json' },
  responseSchema: { value: { type: 'OBJECT' }, beside: { responseMimeType: 'application/json' }, of: 'response_format' },
  responseJsonSchema: { value: SCHEMA, beside: { responseMimeType: 'application/json' }, of: 'response_format' },
  responseLogprobs: { value: true },
  logprobs: { value: 3, beside: { responseLogprobs: true }, of: 'logprobs' },
  thinkingConfig: { value: { thinkingBudget: 2_000 } },
};
const nested = Object.entries(configured).map(([name, { value, beside = {}, ...rest }]) => {
  const field: Field = { ...rest, value: { ...beside, [name]: value }, beside: { generationConfig: beside } };
  return [`generationConfig.${name}`, field] as const;
});

const shape = (schema: { readonly shape: object }): readonly string[] => Object.keys(schema.shape);
const [openAi, responder, anthropic, gemini] = CLIENTS as readonly [Client, Client, Client, Client];

export const ASKING: readonly Asking[] = [
  { client: openAi, names: shape(chatRequestSchema), fields: chat, quiet: ['model', 'messages', 'stream', 'stream_options'] },
  {
    client: responder,
    names: shape(responsesRequestSchema),
    fields: responses,
    // What is stored, and how, is the gateway's own affair; an answer repeats the metadata.
    quiet: ['model', 'input', 'stream', 'stream_options', 'previous_response_id', 'store', 'include', 'metadata', 'background'],
  },
  { client: anthropic, names: shape(messagesSchema), fields: messages, quiet: ['model', 'messages', 'stream'] },
  {
    client: gemini,
    names: [
      ...shape(generateContentSchema),
      ...shape(generateContentSchema.shape.generationConfig.unwrap()).map((name) => `generationConfig.${name}`),
    ],
    fields: { ...generate, ...Object.fromEntries(nested) },
    quiet: ['contents'],
  },
];
