import { OPENAI_ONLY, OPEN_MODELS } from '@sluice/provider-openai-compatible/internal';
import type { ServerRules } from '@sluice/provider-openai-compatible/internal';

const { reasoningHistory: _, ...BASE } = OPEN_MODELS;

/**
 * Where watsonx.ai differs from OpenAI's chat: npm @ibm-cloud/watsonx-ai 1.7.16, types/vml_v1.d.ts, `TextChatParameters`,
 * and types/messages.d.ts; PyPI ibm-watsonx-ai 1.8.1, foundation_models/schema/_api.py, for schemas. Reasoning is not
 * taken back, since a message of the assistant's has no field for it.
 */
export const RULES: ServerRules = {
  ...BASE,
  maxTokensField: 'max_completion_tokens',
  refused: [
    ...OPENAI_ONLY,
    'metadata',
    'n',
    'parallel_tool_calls',
    'prompt_cache_key',
    'service_tier',
    'user',
    // Whose account pays, and which model answers, is not for the caller to say here.
    'model_id',
    'project_id',
    'space_id',
  ],
  topK: false,
  reasoning: {
    effort: { field: 'reasoning_effort', levels: ['low', 'medium', 'high'] },
    hidden: 'include_reasoning',
  },
  sounds: true,
  refusals: true,
  streamOptions: false,
};
